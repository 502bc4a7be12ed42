"""`profiles:` of catalogue.yaml: packaged names, folders with rules of their own, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.catalogue.profiles import packaged_profile, packaged_profiles, read_profiles
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.vocabularies import codes as eu_codes


def rules(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "rules" / name).write_text(text, "utf-8")
    return folder


def test_packaged_profiles_are_whole() -> None:
    assert packaged_profiles() == ["code-lists", "dcat-ap-de", "geodcat-ap", "st-project"]
    for name in packaged_profiles():
        profile = packaged_profile(name)
        assert set(profile.title) == {"en", "fr", "de"}
        assert profile.shapes
        assert all(path.is_file() for path in (*profile.shapes.values(), *profile.ontology.values()))
        assert all(path.startswith(f"shapes/{name}/") for path in profile.shapes)
    assert list(packaged_profile("st-project").ontology) == ["ontology/st-opendata.ttl"]


def test_a_folder_is_a_profile(tmp_path: Path) -> None:
    files = {
        "shapes/towns.ttl": "",
        "ontology/terms.ttl": "",
        "lists/size.csv": "code,label_es,label_pt-PT\ngrande,Grande,Grande\nmini,Mini,\n",
        "profile.yaml": "title: {es: Reglas}\nrequired: [keyword, license]\n",
    }
    [profile] = read_profiles(rules(tmp_path, files), ["./rules"])
    assert (profile.name, profile.title) == ("rules", {"es": "Reglas"})
    assert profile.shapes == {"shapes/rules/towns.ttl": tmp_path / "rules/shapes/towns.ttl"}
    assert profile.ontology == {"ontology/rules/terms.ttl": tmp_path / "rules/ontology/terms.ttl"}
    assert profile.required == ("keyword", "license")
    [sizes] = profile.lists
    assert sizes.labels == {"grande": {"es": "Grande", "pt-PT": "Grande"}, "mini": {"es": "Mini"}}


@pytest.mark.parametrize(
    ("files", "entry", "says"),
    [
        ({"shapes/a.ttl": ""}, "rules", 'no profile "rules"; did you mean "./rules"'),
        ({"shapes/a.ttl": ""}, "./rulez", 'no folder "./rulez" in the catalogue; did you mean "./rules"'),
        ({"shapes/a.ttl": ""}, "./rules/../../rules", "no profile"),
        ({"notes.txt": "to do"}, "./rules", "has no rules"),
        ({"profile.yaml": "required: [licence]"}, "./rules", 'not a key of dataset.yaml; did you mean "license"'),
        ({"profile.yaml": "required: [markdown]"}, "./rules", '"markdown" is not a key of dataset.yaml'),
        ({"profile.yaml": "requires: [license]"}, "./rules", 'the key "requires" is unknown; did you mean "required"'),
        ({"profile.yaml": "[license]"}, "./rules", "must hold keys"),
        ({"lists/size.csv": "id,name\na,b\n"}, "./rules", "needs the columns code and label"),
        ({"lists/size.csv": "code,label\na,b\na,c\n"}, "./rules", 'the code "a" is also in row 2'),
        ({"lists/size.csv": "code,label\nvery large,b\n"}, "./rules", '"very large" cannot be a code'),
        ({"lists/My Sizes.csv": "code,label\n"}, "./rules", "cannot name a code list"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, files: dict[str, str], entry: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_profiles(rules(tmp_path, files), [entry])
    assert says in caught.value.message_text()
    assert caught.value.remedy_text()


@pytest.mark.parametrize("text", ["\ufeffcode;label\r\na;Alfa, y más\r\n", "label\tcode\nAlfa, y más\ta\n"])
def test_a_code_list_as_spreadsheets_save_it(tmp_path: Path, text: str) -> None:
    [profile] = read_profiles(rules(tmp_path, {"lists/size.csv": text}), ["./rules"])
    assert profile.lists[0].labels == {"a": {"und": "Alfa, y más"}}


PROPERTY = "properties: {{place: {{property: ex:place, {}}}}}\nprefixes: {{ex: 'https://example.org/ns#'}}\n"
LIST = {"lists/size.csv": "code,label\na,b\n"}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (PROPERTY.format("valu: text"), 1, 'the key "valu" is unknown; did you mean "value"'),
        (PROPERTY.format("value: txt"), 1, '"txt" is not a value of "value"; did you mean "text"'),
        (PROPERTY.format("on: [datasets]"), 1, '"datasets" is not a value of "on"; did you mean "dataset"'),
        (PROPERTY.format("datatype: xsd:date"), 1, '"datatype" is not for `value: text`; it is for literal'),
        (PROPERTY.format("value: code, list: sizes"), 1, 'there is no list "sizes"; did you mean "size"'),
        (PROPERTY.format("value: code"), 1, 'the key "list" is missing'),
        (PROPERTY.format("min: 2, max: 1"), 1, '"max" must be at least 1, and not below "min"'),
        (PROPERTY.format("max: many"), 1, '"max" must be a whole number'),
        (PROPERTY.format("inherit: maybe"), 1, '"inherit" must be true or false'),
        (PROPERTY.format("value: iri, pattern: '('"), 1, '"pattern" is not a regular expression'),
        (PROPERTY.format("value: iri, class: xy:Place"), 1, 'the prefix "xy" of "xy:Place" is unknown'),
        ("properties: {place: {label: a}}", 1, 'the key "property" is missing'),
        ("properties: {place: {property: place}}", 1, "not an absolute"),
        ("properties:\n  title: {property: dct:title}", 2, '"title" is a key of every catalogue'),
        ("properties:\n  my-key: {property: dct:title}", 2, '"my-key" cannot be a key'),
        ("properties: {license: {property: dct:license}}", 1, '"license" can only have codes of a list'),
        ("properties: [a]", 1, '"properties" must have keys, not a text or list'),
        ("prefixes: {ex: ns}", 1, 'the prefix "ex" needs an absolute IRI'),
        ("lists: {sizes: {iri: 'https://example.org/'}}", 1, 'there is no list "sizes"; did you mean "size"'),
        ("lists: {size: {iri: size}}", 1, "not an absolute"),
        ("lists: {size: {url: size}}", 1, 'the key "url" is unknown'),
        (
            PROPERTY.format("value: text") + "required: [plaice]",
            3,
            'is not a key of dataset.yaml; did you mean "place"',
        ),
    ],
)
def test_properties_that_are_refused(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_profiles(rules(tmp_path, {"profile.yaml": text, **LIST}), ["./rules"])
    assert says in caught.value.message_text()
    assert caught.value.place
    assert (caught.value.place.file, caught.value.place.line) == ("rules/profile.yaml", line)


def test_a_property(tmp_path: Path) -> None:
    more = "value: code, list: size, on: [catalogue, distribution], min: 1, max: 2, label: {en: Size}"
    description = f"{PROPERTY.format(more)}required: [place]\nlists: {{size: {{iri: 'https://example.org/size/'}}}}\n"
    [profile] = read_profiles(rules(tmp_path, {"profile.yaml": description, **LIST}), ["./rules"])
    entry = profile.properties["place"]
    assert (entry.iri, entry.label, entry.least, entry.most) == ("https://example.org/ns#place", {"en": "Size"}, 1, 2)
    assert entry.codes
    assert (entry.codes.start, entry.codes.scheme) == ("https://example.org/size/", "https://example.org/size")
    assert [each.value for each in entry.on] == ["catalogue", "distribution"]
    assert profile.prefixes == {"ex": "https://example.org/ns#"}


@pytest.mark.parametrize(
    ("said", "refused"), [("title: {en: Rules}", True), (None, True), ("lists: {size: {iri: 'https://e.org/'}}", False)]
)
def test_only_a_list_with_its_own_iris_has_paths_as_codes(tmp_path: Path, said: str | None, refused: bool) -> None:
    files = {"lists/size.csv": "code,label\na,b\na/1.0,b\n"} | ({"profile.yaml": said} if said else {})
    folder = rules(tmp_path, files)
    if not refused:
        assert list(read_profiles(folder, ["./rules"])[0].lists[0].labels) == ["a", "a/1.0"]
        return
    with pytest.raises(ConfigurationError, match=r'"a/1\.0" cannot be a code') as caught:
        read_profiles(folder, ["./rules"])
    assert caught.value.place
    assert (caught.value.place.file, caught.value.place.row) == ("rules/lists/size.csv", 3)


def test_one_key_for_two_properties_is_refused(tmp_path: Path) -> None:
    folder = rules(tmp_path, {"profile.yaml": "properties: {custodian: {property: dct:creator, value: agent}}"})
    with pytest.raises(ConfigurationError, match='profiles geodcat-ap and rules use the key "custodian" for different'):
        read_profiles(folder, ["geodcat-ap", "./rules"])
    assert len(read_profiles(folder, ["dcat-ap-de", "geodcat-ap"])) == 2


@pytest.mark.parametrize("name", ["dcat-ap-de", "geodcat-ap"])
def test_packaged_properties_have_texts_in_each_language(name: str) -> None:
    profile = packaged_profile(name)
    for entry in profile.properties.values():
        assert set(entry.label) == set(entry.description) == {"en", "fr", "de"}, entry.key
    for codes in profile.lists:
        assert set(codes.title) == {"en", "fr", "de"}
        for code, labels in codes.labels.items():
            assert set(labels) in ({"en", "fr", "de"}, {"und"}), code
        assert set(codes.matches.values()) <= set(eu_codes("licence"))


def test_two_profiles_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "code-lists" / "shapes").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="has the name of one that comes with the program"):
        read_profiles(tmp_path, ["./code-lists"])
    with pytest.raises(ConfigurationError, match='the second profile called "code-lists"'):
        read_profiles(tmp_path, ["code-lists", "code-lists"])


def test_a_code_list_in_another_encoding_is_refused(tmp_path: Path) -> None:
    rules(tmp_path, {"lists/size.csv": ""})
    (tmp_path / "rules/lists/size.csv").write_bytes("code,label\ngro\xdf,Gro\xdf\n".encode("latin-1"))
    with pytest.raises(InputError, match="not CSV in UTF-8"):
        read_profiles(tmp_path, ["./rules"])


def test_a_link_out_of_the_catalogue_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.ttl").write_text("", "utf-8")
    rules(tmp_path / "catalogue", {"profile.yaml": "required: [license]"})
    (tmp_path / "catalogue/rules/shapes").mkdir()
    (tmp_path / "catalogue/rules/shapes/a.ttl").symlink_to(tmp_path / "secret.ttl")
    with pytest.raises(ConfigurationError, match="leaves the catalogue"):
        read_profiles(tmp_path / "catalogue", ["./rules"])
