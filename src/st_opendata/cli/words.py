"""What commands say beside their results, in each language: whole sentences, and nouns with their plurals."""

from __future__ import annotations

from st_opendata.model.text import without_breaks

SENTENCES = {
    "checked": {
        "en": "Checked {tables} with {rows}, {triples}.",
        "fr": "Contrôle fait : {tables}, {rows}, {triples}.",
        "de": "Geprüft: {tables}, {rows}, {triples}.",
    },
    "checked-file": {
        "en": "Checked {tables} with {rows}.",
        "fr": "Contrôle fait : {tables}, {rows}.",
        "de": "Geprüft: {tables}, {rows}.",
    },
    "tables-first": {
        "en": "Checked {tables}. The shapes were not checked yet: correct the tables first.",
        "fr": "Contrôle fait : {tables}. Les formes n’ont pas encore été contrôlées : corrigez d’abord les tableaux.",
        "de": "Geprüft: {tables}. Die Shapes wurden noch nicht geprüft: Berichtigen Sie zuerst die Tabellen.",
    },
    "sample-column": {"en": "column", "fr": "colonne", "de": "Spalte"},
    "sample-type": {"en": "type", "fr": "type", "de": "Typ"},
    "sample-row": {"en": "row {number}", "fr": "ligne {number}", "de": "Zeile {number}"},
    "nothing-stated": {
        "en": "No cell states a fact yet: give a propertyUrl to columns in dataset.yaml, such as rdfs:label for names.",
        "fr": "Aucune cellule n'énonce encore de fait : donnez un propertyUrl à des colonnes dans dataset.yaml, "
        "par exemple rdfs:label pour des noms.",
        "de": "Noch drückt keine Zelle einen Fakt aus: Geben Sie Spalten in dataset.yaml eine propertyUrl, "
        "etwa rdfs:label für Namen.",
    },
    "not-written": {
        "en": "No release was written to {output}.",
        "fr": "Aucune publication n’a été écrite dans {output}.",
        "de": "Es wurde keine Veröffentlichung nach {output} geschrieben.",
    },
    "written": {
        "en": "The release is in {output}: {datasets}, {triples}, {files}; each dataset scores {score} of 405 points.",
        "fr": "La publication est dans {output} : {datasets}, {triples}, {files} ; chaque jeu de données obtient "
        "{score} points sur 405.",
        "de": "Die Veröffentlichung ist in {output}: {datasets}, {triples}, {files}; jeder Datensatz erreicht "
        "{score} von 405 Punkten.",
    },
    "advice": {
        "en": "What DCAT-AP recommends for the description of the catalogue: {findings} in {report}.",
        "fr": "Ce que DCAT-AP recommande pour la description du catalogue : {findings} dans {report}.",
        "de": "Was DCAT-AP für die Beschreibung des Katalogs empfiehlt: {findings} in {report}.",
    },
    "range": {"en": "{least} to {most}", "fr": "{least} à {most}", "de": "{least} bis {most}"},
    "go-on": {"en": "Go on with: {command}", "fr": "Pour continuer : {command}", "de": "Weiter mit: {command}"},
    "look": {
        "en": "Look at {where}. Ctrl-C ends it.",
        "fr": "À voir sur {where}. Ctrl-C y met fin.",
        "de": "Zu sehen auf {where}. Strg-C beendet es.",
    },
    "would-look": {
        "en": "The portal answers. To look at it on {url}: {command}",
        "fr": "Le portail répond. Pour le voir sur {url} : {command}",
        "de": "Das Portal antwortet. Um es auf {url} zu sehen: {command}",
    },
    "no-portal": {
        "en": "The portal needs the package {package}: {command}",
        "fr": "Le portail a besoin du paquet {package} : {command}",
        "de": "Das Portal braucht das Paket {package}: {command}",
    },
    "whole": {
        "en": "{folder}: {files}, all as release.json says.",
        "fr": "{folder} : {files}, tous conformes à release.json.",
        "de": "{folder}: {files}, alle wie in release.json angegeben.",
    },
    "differs": {
        "en": "{folder}: {different} differ from release.json, which lists {files}.",
        "fr": "{folder} : écarts avec release.json : {different} ; il énumère {files}.",
        "de": "{folder}: Abweichungen von release.json: {different}; es führt {files} auf.",
    },
    "not-asked": {
        "en": "Access and download URLs were not asked, and count as not answering; --ask-urls asks them.",
        "fr": "Les adresses d’accès et de téléchargement n’ont pas été interrogées et comptent comme sans réponse ; "
        "--ask-urls les interroge.",
        "de": "Zugangs- und Downloadadressen wurden nicht abgefragt und zählen als nicht erreichbar; "
        "--ask-urls fragt sie ab.",
    },
    "no-dataset": {
        "en": "{source} describes no dataset.",
        "fr": "{source} ne décrit aucun jeu de données.",
        "de": "{source} beschreibt keinen Datensatz.",
    },
    "doctor-headings": {
        "en": "group|what|state|found|what to do",
        "fr": "groupe|quoi|état|trouvé|que faire",
        "de": "Gruppe|was|Zustand|gefunden|was zu tun ist",
    },
    "doctor-program": {"en": "program", "fr": "programme", "de": "Programm"},
    "doctor-package": {"en": "package", "fr": "paquet", "de": "Paket"},
    "doctor-extra": {"en": "extra", "fr": "supplément", "de": "Zusatz"},
    "doctor-tool": {"en": "tool", "fr": "outil", "de": "Werkzeug"},
    "doctor-room": {"en": "room", "fr": "place", "de": "Platz"},
    "doctor-language": {"en": "language", "fr": "langue", "de": "Sprache"},
    "doctor-good": {"en": "good", "fr": "bon", "de": "gut"},
    "doctor-absent": {"en": "absent", "fr": "absent", "de": "fehlt"},
    "doctor-wrong": {"en": "WRONG", "fr": "FAUX", "de": "FALSCH"},
    "doctor-well": {
        "en": "Everything that is needed is here; what is absent is needed only for what its line says.",
        "fr": "Tout le nécessaire est là ; ce qui est absent ne sert qu’à ce que dit sa ligne.",
        "de": "Alles Nötige ist da; was fehlt, braucht nur, wer tut, was in seiner Zeile steht.",
    },
    "doctor-ill": {
        "en": "Something is wrong: see what to do in its line.",
        "fr": "Quelque chose ne va pas : voyez que faire dans sa ligne.",
        "de": "Etwas stimmt nicht: In seiner Zeile steht, was zu tun ist.",
    },
    "diff-same": {
        "en": "The two releases are the same, byte for byte.",
        "fr": "Les deux publications sont identiques, octet par octet.",
        "de": "Die beiden Veröffentlichungen sind gleich, Byte für Byte.",
    },
    "diff-files": {
        "en": "{files} with other bytes; outside of the datasets above:",
        "fr": "{files} au contenu différent ; en dehors des jeux de données ci-dessus :",
        "de": "{files} mit anderem Inhalt; außerhalb der Datensätze oben:",
    },
    "diff-key": {"en": "key: {columns}", "fr": "clé : {columns}", "de": "Schlüssel: {columns}"},
    "diff-no-key": {
        "en": "no key in common: whole rows",
        "fr": "pas de clé commune : lignes entières",
        "de": "kein gemeinsamer Schlüssel: ganze Zeilen",
    },
    "diff-column": {"en": "column {column}", "fr": "colonne {column}", "de": "Spalte {column}"},
    "diff-triples": {"en": "triples", "fr": "triplets", "de": "Tripel"},
    "diff-more": {"en": "{things} more", "fr": "et encore {things}", "de": "und weitere {things}"},
}
_NOUNS = {
    "dataset": {
        "en": ("dataset", "datasets"),
        "fr": ("jeu de données", "jeux de données"),
        "de": ("Datensatz", "Datensätze"),
    },
    "file": {"en": ("file", "files"), "fr": ("fichier", "fichiers"), "de": ("Datei", "Dateien")},
    "finding": {"en": ("finding", "findings"), "fr": ("constat", "constats"), "de": ("Befund", "Befunde")},
    "row": {"en": ("row", "rows"), "fr": ("ligne", "lignes"), "de": ("Zeile", "Zeilen")},
    "table": {"en": ("table", "tables"), "fr": ("tableau", "tableaux"), "de": ("Tabelle", "Tabellen")},
    "triple": {"en": ("triple", "triples"), "fr": ("triplet", "triplets"), "de": ("Tripel", "Tripel")},
}
_THOUSANDS = {"en": ",", "fr": "\N{NARROW NO-BREAK SPACE}", "de": "."}


def say(language: str, sentence: str, **values: object) -> str:
    """The sentence of that name with its values in the places of their names."""
    text = SENTENCES[sentence][language]
    return (without_breaks(text) if language == "fr" else text).format(**values)


def count(number: int, noun: str, language: str = "en") -> str:
    """A number with its noun: `1 table`, `2,500 triples`; other nouns than these are English."""
    one, many = _NOUNS.get(noun, {}).get(language, (noun, f"{noun}s"))
    single = number == 1 or (language == "fr" and number == 0)
    return f"{number:,}".replace(",", _THOUSANDS[language]) + f" {one if single else many}"
