"""The models to choose from, as ``provider:name``: the offline one always, others when their key is set.

The libraries of models are a third of what the portal loads. Only who runs a model waits for them.
"""

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from agents.registry.models import HERE

if TYPE_CHECKING:
    from pydantic_ai.models import Model

OFFLINE = f"{HERE}rules"
UNPACKED = {"Accept-Encoding": "identity"}  # so that the bytes that are counted are all there are


class UnknownModel(Exception):
    """No such model here: its name, and that of its provider."""

    def __init__(self, name: str, provider: str) -> None:
        super().__init__(name)
        self.name, self.provider = name, provider


def choices() -> list[tuple[str, str]]:
    """What an agent may run on, as (value, words); a configured provider comes before the offline model."""
    found = []
    if os.environ.get("ANTHROPIC_API_KEY"):
        found += [(f"anthropic:{name}", f"{name} (Anthropic)") for name in settings.ANTHROPIC_MODELS]
    if os.environ.get("OPENAI_API_KEY") or os.environ.get("OPENAI_BASE_URL"):
        where = " (own gateway)" if os.environ.get("OPENAI_BASE_URL") else " (OpenAI)"
        found += [(f"openai:{name}", f"{name}{where}") for name in settings.OPENAI_MODELS]
    return [*found, (OFFLINE, "Offline rules (no language model: sorts mail by fixed rules)")]


def elsewhere() -> list[str]:
    """Those that are waited for: their providers answer over the network."""
    return [name for name, _ in choices() if not name.startswith(HERE)]


def default() -> str:
    return choices()[0][0]


@lru_cache(maxsize=16)
def build(name: str) -> "Model":
    """The model behind ``provider:name``. Raises UnknownModel."""
    provider, _, model = name.partition(":")
    if name not in dict(choices()):
        raise UnknownModel(name, provider or "its provider")
    match provider:
        case "offline":
            from agents.runtime.offline.model import OfflineModel

            return OfflineModel()
        case "openai":
            from openai import AsyncOpenAI, DefaultAsyncHttpxClient
            from pydantic_ai.models.openai import OpenAIChatModel
            from pydantic_ai.providers.openai import OpenAIProvider

            from agents.runtime.bounds import bound

            # A gateway of one's own (vLLM, Ollama) needs no key, but the client wants one. Clients do not try again
            # by themselves: the loop does, and keeps its lease in between.
            key, url = os.environ.get("OPENAI_API_KEY") or "none", os.environ.get("OPENAI_BASE_URL") or None
            http = DefaultAsyncHttpxClient(event_hooks={"response": [bound]}, headers=UNPACKED)
            client = AsyncOpenAI(base_url=url, api_key=key, max_retries=0, http_client=http)
            return OpenAIChatModel(model, provider=OpenAIProvider(openai_client=client))
        case _:
            from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            from agents.runtime.bounds import bound

            http = DefaultAsyncHttpxClient(event_hooks={"response": [bound]}, headers=UNPACKED)
            asks = AsyncAnthropic(max_retries=0, http_client=http)
            return AnthropicModel(model, provider=AnthropicProvider(anthropic_client=asks))
