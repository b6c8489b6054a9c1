"""The offline model: fixed rules, no network, no language model, and named so wherever it appears."""
