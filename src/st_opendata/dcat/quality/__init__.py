"""The quality of descriptions as data.europa.eu assesses it (MQA): indicators and score."""
