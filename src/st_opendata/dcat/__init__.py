"""The catalogue as DCAT-AP, VoID, schema.org, Croissant and RO-Crate, and its MQA score."""

from st_opendata.dcat.ap import catalogue_statements
from st_opendata.dcat.files import ReleaseFiles, write_catalogue, write_crate
from st_opendata.dcat.quality.indicators import DIMENSIONS, INDICATORS, MAXIMUM, Indicator
from st_opendata.dcat.quality.score import (
    BANDS,
    IndicatorPoints,
    Score,
    average_points,
    band_of,
    release_answers,
    score_dataset,
    score_graph,
)
from st_opendata.dcat.reading import read_dcat
from st_opendata.dcat.remote import answering_urls, fetch_dcat, served_urls
from st_opendata.dcat.schema_org import schema_org
from st_opendata.dcat.subgraph import catalogue_subgraph, dataset_subgraph
from st_opendata.dcat.void import Counts, count_facts, void_statements

__all__ = [
    "BANDS",
    "DIMENSIONS",
    "INDICATORS",
    "MAXIMUM",
    "Counts",
    "Indicator",
    "IndicatorPoints",
    "ReleaseFiles",
    "Score",
    "answering_urls",
    "average_points",
    "band_of",
    "catalogue_statements",
    "catalogue_subgraph",
    "count_facts",
    "dataset_subgraph",
    "fetch_dcat",
    "read_dcat",
    "release_answers",
    "schema_org",
    "score_dataset",
    "score_graph",
    "served_urls",
    "void_statements",
    "write_catalogue",
    "write_crate",
]
