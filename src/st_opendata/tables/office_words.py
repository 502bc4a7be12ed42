"""The first words of notes under a table, and the names of its totals, in the languages of Europe.

The patterns hold in Python and in the engine, which has no flags for capitals.
"""

from __future__ import annotations

import re
from functools import cache

_NOTES = """
Quelle Quellen Datenquelle Datenquellen Hinweis Hinweise Anmerkung Anmerkungen Anm. Fußnote Fußnoten Erläuterung
Erläuterungen Legende Zeichenerklärung Stand Datenstand Stichtag Herausgeber Erstellt Lizenz
Source Sources Data source Data sources Note Notes Footnote Footnotes Remark Remarks Legend As of Updated Last updated
Last update Status Licence License Retrieved Published Explanation
Remarque Remarques Champ Lecture Légende Avertissement Mise à jour Dernière mise à jour Licence
Fonte Fonti Nota Aggiornamento Ultimo aggiornamento Legenda Avvertenza
Fuente Fuentes Notas Actualización Última actualización Leyenda Elaboración Elaboración propia Font Fonts Iturria
Fontes Atualização Última atualização Observação Observações
Źródło Źródła Uwaga Uwagi Objaśnienia Przypis Przypisy Aktualizacja Stan na
Zdroj Zdroje Zdroj dat Zdroj údajov Poznámka Poznámky Pozn. Vysvětlivky Vysvetlivky Aktualizace Stav k
Forrás Források Megjegyzés Megjegyzések
Sursa Sursă Surse Notă Observații Actualizat
Източник Източници Забележка Забележки Бележка Бележки Джерело Примітка
Πηγή Πηγές Σημείωση Σημειώσεις
Bron Bronnen Noot Noten Opmerking Opmerkingen Toelichting Peildatum
Kilde Kilder Noter Bemærkning Bemærkninger Opdateret Merknad Merknader
Källa Källor Anmärkning Anmärkningar Not Noter Uppdaterad
Lähde Lähteet Huom Huom. Huomautus Päivitetty
Allikas Allikad Märkus Märkused
Avots Avoti Piezīme Piezīmes
Šaltinis Šaltiniai Pastaba Pastabos
Vir Viri Opomba Opombe Izvor Izvori Napomena Napomene
Foinse Foinsí Nóta Sors Sorsi
"""
_DATED = """
Stand Datenstand Stichtag As of Updated Last updated Status État au Données au Situation au Mise à jour Dati al
Aggiornato al Datos a Actualizado Atualizado Dados de Stan na Stan w dniu Stav k Stav ke Peildatum Към Erstellt am
Abgerufen am
"""
"""Words that need no colon before a year."""
_TOTALS = """
Summe Gesamt Gesamtsumme Insgesamt Zusammen Total Totals Grand total Sum Overall Ensemble Total général Totale Somma
Suma Total general Total geral Soma Totaal Razem Ogółem Łącznie Celkem Součet Spolu Celkom Súčet Összesen Mindösszesen
Общо Всичко Σύνολο Yhteensä Summa Totalt Kokku Kopā Iš viso Viso Skupaj Ukupno I alt Ialt Sammenlagt Iomlán
"""


def _phrases(text: str) -> list[str]:
    """The phrases of a text: a word in small letters belongs to the phrase before it."""
    found: list[str] = []
    for line in text.split("\n"):
        start = len(found)
        for word in line.split():
            if word[0].islower() and len(found) > start:
                found[-1] += f" {word}"
            else:
                found.append(word)
    return list(dict.fromkeys(found))


def _any(phrases: list[str]) -> str:
    written = {form for phrase in phrases for form in (phrase, phrase.lower(), phrase.upper())}
    return "|".join(sorted((phrase.replace(".", r"\.") for phrase in written), key=lambda form: (-len(form), form)))


TOTAL_WORDS = frozenset(word.casefold() for word in _phrases(_TOTALS))
_SPACE = "[ \u00a0\u202f]"
FOOTNOTES = {
    "words": rf"{_SPACE}*(?:{_any(_phrases(_NOTES))}){_SPACE}*[:：]",
    "dates": rf"{_SPACE}*(?:{_any(_phrases(_DATED))}){_SPACE}.{{0,25}}(?:19|20)[0-9][0-9]",
    "stars": rf"{_SPACE}*[*†‡§©]",
    "raised": rf"{_SPACE}*[¹²³⁴-⁹]",
    "numbers": rf"{_SPACE}*\(?[0-9]{{1,2}}\){_SPACE}*[^ 0-9]",
    "letters": rf"{_SPACE}*\(?[a-z]\){_SPACE}+[^ ]",
    "sentences": rf"{_SPACE}*(?:[^ ]+ ){{3,}}[^ ]*[^ .0-9]{{3}}\.$",
    "copyright": rf"{_SPACE}*(?:\([cC]\)|[cC]opyright|COPYRIGHT)",
    "lines": rf"{_SPACE}*[_=~-]{{3,}}$",
    "signs": rf"{_SPACE}*[-–—.…/x0]{_SPACE}*={_SPACE}",
}
"""How a footnote begins: each kind is a mark only where the rows of data have none of it."""
LISTS = frozenset({"numbers", "letters"})
"""Kinds of marks that rows of data in a list may have."""
FOOTNOTE = "|".join(f"(?:{pattern})" for pattern in FOOTNOTES.values())


@cache
def total_labels() -> tuple[str, ...]:
    """The cells that are a word for a total, in the capitals that people write."""
    words = _phrases(_TOTALS)
    forms = {form for word in words for form in (word, word.lower(), word.upper())}
    return tuple(sorted(forms | {f"{form}:" for form in forms}))


def names_total(cell: str) -> bool:
    """True where the cell has a word for a total in it."""
    text = cell.casefold().strip().rstrip(":")
    return text in TOTAL_WORDS or not TOTAL_WORDS.isdisjoint(text.replace("(", " ").replace(")", " ").split())


_MEASURES = """
€ $ £ % ‰ ° °C m² m2 qm km² km2 qkm m³ m3 ha a m km cm mm kg g mg t l hl h min s kW kWh MW MWh GW GWh TWh kWp W J MJ GJ
µg/m³ mg/l dB kV A V Hz EUR Euro Euros USD CHF GBP PLN zł CZK Kč HUF Ft RON lei BGN лв. DKK SEK NOK kr TEUR T€ Mio
Anzahl Zahl Stück Stk. Personen Einwohner Jahre Jahr Tage Stunden Einheit Prozent Punkte
Number No. count persons people years year days hours Unit unit percent pieces units
Nombre nombre personnes ans jours heures Unité numero Numero persone anni giorni ore Unità Número número personas años
días horas Unidad pessoas anos dias Unidade liczba szt. osoby lata dni Jednostka počet osob roky dny Jednotka osôb
fő db év Egység număr persoane ani Unitate брой лица години αριθμός άτομα έτη aantal personen jaren Eenheid antal
personer år Enhed Enhet kpl henkilöä vuotta Yksikkö arv tk skaits vnt. število osebe broj osobe Jedinica
"""
_THOUSANDS = "|".join((
    r"1[., \u00a0]?000", r"1 ?000 ?000", r"Tsd\.?", r"Mio\.?", r"Mrd\.?", r"tys\.", "mln", r"tis\.", r"mil\.",
    "thousand", "million", "milliers", "miles", "mila",
))  # fmt: skip
_MEASURE = "|".join(map(re.escape, _MEASURES.split()))
UNIT = (
    rf"(?:(?:in|en|v|w) )?(?:(?:{_THOUSANDS}) ?)?(?:{_MEASURE})"
    r"(?:/[A-Za-zÄÖÜäöü.²³ ]{1,12}| (?:pro|per|par|je) \S{1,12})?"
    rf"|(?:in )?(?:{_THOUSANDS})|\([^()]{{1,20}}\)|\[[^\[\]]{{1,20}}\]"
)
"""A unit in a separate cell under a title; also any short text in brackets, such as the numbers of columns."""
