"""`profiles:` of catalogue.yaml: packaged names, folders with rules of their own, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.catalogue.profiles import packaged_profile, packaged_profiles, read_profiles
from st_opendata.errors import ConfigurationError, InputError


def rules(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "rules" / name).write_text(text, "utf-8")
    return folder


def test_packaged_profiles_are_whole() -> None:
    assert packaged_profiles() == ["code-lists", "st-project"]
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
