"""Publishers, creators and contacts, read back from DCAT statements."""

from __future__ import annotations

import pyoxigraph as ox

from st_opendata.catalogue.statements.reader import Reader, Yaml, filled, one_or_more
from st_opendata.messages.message import message
from st_opendata.rdf.statements import Term, text_of
from st_opendata.vocabularies import code_of

_ADDRESS = {
    "streetAddress": "vcard:street-address",
    "postalCode": "vcard:postal-code",
    "locality": "vcard:locality",
    "region": "vcard:region",
    "country": "vcard:country-name",
}


def read_publisher(reader: Reader, key: str) -> object:
    """The publisher."""
    node = reader.first(key, reader.values(key, "dct:publisher"))
    return _agent(reader, key, node) if node else None


def read_creators(reader: Reader, key: str) -> object:
    """The creators."""
    found = (_agent(reader, key, node) for node in reader.values(key, "dct:creator"))
    return one_or_more(each for each in found if each)


def _agent(reader: Reader, key: str, node: Term) -> Yaml | None:
    names = reader.named(node, "foaf:name")
    if not names or not isinstance(node, ox.NamedNode):
        agent = message('The portal has "{text}": write its iri and name', text=text_of(node))
        reader.found.remark(key, agent)
        return None
    kinds = [code for kind in reader.below(node, "dct:type") if (code := code_of("publisher-type", text_of(kind)))]
    return filled(
        iri=node.value,
        name=names,
        type=next(iter(kinds), None),
        homepage=reader.text_below(node, "foaf:homepage"),
        email=_email(reader.text_below(node, "foaf:mbox")),
        identifier=reader.text_below(node, "dct:identifier"),
    )


def _email(address: str | None) -> str | None:
    return address.removeprefix("mailto:") if address else None


def read_contacts(reader: Reader, key: str) -> object:
    """The contact points."""
    found = (_contact(reader, node) for node in reader.values(key, "dcat:contactPoint"))
    return one_or_more(each for each in found if each)


def _contact(reader: Reader, node: Term) -> Yaml | None:
    email, phone = _email(reader.text_below(node, "vcard:hasEmail")), reader.text_below(node, "vcard:hasTelephone")
    names = reader.named(node, "vcard:fn") or ({reader.language: email} if email else {})
    if not names:
        return None
    lines = {
        part: reader.text_below(each, name)
        for each in reader.below(node, "vcard:hasAddress")[:1]
        for part, name in _ADDRESS.items()
    }
    return filled(
        iri=reader.own_iri(node, text_of(node)),
        name=names,
        email=email,
        url=reader.text_below(node, "vcard:hasURL"),
        phone=phone.removeprefix("tel:") if phone else None,
        organization=reader.texts(reader.below(node, "vcard:organization-name")),
        address=filled(**lines),
    )


def read_attributions(reader: Reader, key: str) -> object:
    """Agents with other roles."""
    return one_or_more(
        {"agent": agent, "role": text_of(role)}
        for node in reader.values(key, "prov:qualifiedAttribution")
        for other in reader.below(node, "prov:agent")
        if (agent := _agent(reader, key, other))
        for role in reader.below(node, "dcat:hadRole")
    )
