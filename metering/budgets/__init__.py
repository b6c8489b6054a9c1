"""Budgets. Around a model call: ``reserve`` before it, then ``settle`` with what it cost, or ``give_back``."""

from metering.budgets.reserving import Caller, Refused, Reserved, give_back, reserve, settle

__all__ = ["Caller", "Refused", "Reserved", "give_back", "reserve", "settle"]
