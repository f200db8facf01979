"""Any policy at all, for properties that hold under every one."""

from hypothesis import strategies as st

from queue_server.rules.policy import Every, Places, Policy
from queue_server.rules.terms import PriorityRank

EVERY = st.integers(min_value=1, max_value=4).map(Every)
PLACES = st.integers(min_value=1, max_value=4).map(Places)


def _is_sound(policy: Policy) -> bool:
    refused = policy.late_refused_after_min
    return refused is None or refused >= policy.late_after_min


POLICIES: st.SearchStrategy[Policy] = st.builds(
    Policy,
    base_order=st.sampled_from(["slot_then_number", "check_in_time"]),
    check_in_opens_min=st.sampled_from([None, 0, 30, 90]),
    late_after_min=st.sampled_from([0, 10]),
    late_rule=st.sampled_from(["end_of_next_slot", "end_of_queue", "as_walk_in"]) | PLACES,
    late_refused_after_min=st.sampled_from([None, 10, 30, 90]),
    walk_in_rule=st.sampled_from(["equal", "after_booked"]) | EVERY,
    returned_rule=st.sampled_from(["next", "end_of_slot", "end_of_queue"]) | EVERY,
    returned_dynamic=st.booleans(),
    missed_rule=st.sampled_from(["end_of_slot", "end_of_half_day", "end_of_queue"])
    | PLACES
    | EVERY,
    missed_auto_times=st.integers(min_value=0, max_value=3),
    missed_limit=st.integers(min_value=1, max_value=4),
    priority_rule=st.just("front") | EVERY,
    priority_ranks=st.lists(st.sampled_from(PriorityRank), min_size=1, unique=True).map(tuple),
    standby_count=st.integers(min_value=0, max_value=3),
    finish_on_next=st.booleans(),
    overtaken_max=st.sampled_from([0, 1, 2, 3, 12]),
    recall_after_s=st.sampled_from([0, 90]),
    recall_max=st.sampled_from([None, 0, 2]),
    emergency_levels=st.sampled_from([(1, 2, 3, 4), (1, 2), (4,)]),
    stop_needs_approval=st.booleans(),
    service_min=st.integers(1, 30),
    spread_gain_min=st.none() | st.integers(1, 20),
).filter(_is_sound)
