"""How the properties of the rules are searched: without a deadline, the machine is shared."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "rules",
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("rules")
