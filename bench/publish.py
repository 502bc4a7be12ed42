"""Measure publishing to a real CKAN, against other ways to bring the same datasets and files there.

usage: python bench/publish.py [--datasets 48] [--rounds 3] [--ways ours,bare] [--folder FOLDER] [--port 5600]

Makes two releases of a catalogue that differ in one row, starts a CKAN of services/ckan in a separate state folder,
and publishes with each way in turn, round after round, each time to a portal that is empty and warm: everything is new;
then nothing has changed; then one dataset has. The site has neither DataStore nor views, of which the other ways know
nothing; what these cost is measured apart. Seconds are those of the clock; CPU seconds are those of the publisher and
of all processes of the portal, and say more on a machine that others use too. Ratios are medians of the rounds'.
FOLDER (build/bench) holds the releases and the portal's state; CKAN_INSTALL names an installation to use.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from publishing.catalogue import make_release
from publishing.portal import EXTRAS, ROOT, WORKERS, Cost, NoPortalError, Portal, Stack
from publishing.ways import BARE, OURS, WAYS, Work, plan_only, st_opendata, work

NEW, SAME, ONE, PLAN = "all new", "nothing changed", "one changed", "plan of all new"
FURNISHED = "with tables and views"
SHORT = dict(zip(("ours", "ckanapi", "loop", "bare"), WAYS, strict=True))
GOAL = 1.15
_WARM_UPS = 2
Costs = dict[tuple[str, str], list[Cost]]
"""By case and way, one for each round."""


def main() -> int:
    """Read the arguments, measure, print the table; 0 too where there is no CKAN, 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure publishing to CKAN.")
    parser.add_argument("--datasets", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", default=",".join(SHORT), help=f"of {', '.join(SHORT)}")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--port", type=int, default=5600, help="the first of four free ones")
    given = parser.parse_args()
    ways = [SHORT[name] for name in given.ways.split(",")]
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    stack = Stack(folder / "ckan", given.port)
    costs: Costs = defaultdict(list)
    try:
        portal = stack.empty(without=EXTRAS)
    except NoPortalError as error:
        print(f"skipped: there is no CKAN here to publish to. {error}")
        return 0
    try:
        releases = [make_release(folder, given.datasets, changed=changed) for changed in (False, True)]
        for _ in range(_WARM_UPS):
            warm_up(portal, releases[0], folder)
        for number in range(given.rounds):
            for way in ways[number % len(ways) :] + ways[: number % len(ways)]:
                measure(way, portal, releases, folder, costs)
                portal.clear()
        if OURS in ways:
            measure_furnished(stack, releases, folder, costs)
    finally:
        stack.stop()
    return write(costs, ways, given.datasets)


def warm_up(portal: Portal, release: Path, folder: Path) -> None:
    """Let the portal do once what it is measured at: the first time it takes up to twice as long."""
    with work(portal, release, folder) as given:
        WAYS[BARE](given)
    portal.clear()


def measure(way: str, portal: Portal, releases: list[Path], folder: Path, costs: Costs) -> None:
    """All cases of one way, on an empty portal."""
    shutil.rmtree(folder / "cache", ignore_errors=True)
    first, changed = releases
    with work(portal, first, folder) as given:
        if way == OURS:
            take(PLAN, way, costs, given, plan_only)
        take(NEW, way, costs, given, WAYS[way])
        assert_complete(given, portal)
        if way == BARE:
            return  # it can create only
        take(SAME, way, costs, given, WAYS[way])
    with work(portal, changed, folder) as given:
        take(ONE, way, costs, given, WAYS[way])
        assert_complete(given, portal)


def measure_furnished(stack: Stack, releases: list[Path], folder: Path, costs: Costs) -> None:
    """Our command on a site with DataStore and views."""
    portal = stack.empty()
    shutil.rmtree(folder / "cache", ignore_errors=True)
    for case, release in ((NEW, releases[0]), (SAME, releases[0]), (ONE, releases[1])):
        with work(portal, release, folder) as given:
            take(case, f"{OURS}, {FURNISHED}", costs, given, st_opendata)


def take(case: str, way: str, costs: Costs, given: Work, publish: Callable[[Work], None]) -> None:
    """Run it once and note what it cost."""
    with given.portal.counted() as cost:
        publish(given)
    costs[case, way].append(cost)
    print(f"  {case}, {way}: {cost.seconds:.1f} s, {cost.cpu:.1f} CPU s", file=sys.stderr, flush=True)


def assert_complete(given: Work, portal: Portal) -> None:
    """Every dataset is there for visitors."""
    if (found := portal.visible()) != len(given.packages):
        raise RuntimeError(f"visitors find {found} datasets instead of {len(given.packages)}")


def write(costs: Costs, ways: list[str], datasets: int) -> int:
    """Print the table and whether the goals are held; the exit code."""
    rounds = max(map(len, costs.values()))
    print(
        f"{datasets} datasets of 13 files and their catalogue, {WORKERS} requests at a time, median of {rounds} rounds"
    )
    print(f"{'':44}{'seconds':>9} {'(from to)':>13} {'ratio':>6} {'CPU s':>7} {'ratio':>6}", end="")
    print(f" {'requests':>9} {'writes':>7} {'Solr commits':>13}")
    for case in (NEW, SAME, ONE, PLAN):
        print(case)
        for way in [each for name, each in costs if name == case]:
            print(row(costs, case, way))
    extra = costs[NEW, f"{OURS}, {FURNISHED}"]
    if extra:
        actions = sorted((action, number) for action, number in extra[0].actions.items() if "show" not in action)
        print("Requests with tables and views:", ", ".join(f"{number} {action}" for action, number in actions))
    goals = list(judge(costs, ways))
    for held, text in goals:
        print(f"{'held  ' if held else 'MISSED'} {text}")
    return 0 if all(held for held, _ in goals) else 1


def row(costs: Costs, case: str, way: str) -> str:
    """The line of the table for one way in one case."""
    taken = costs[case, way]
    seconds = [each.seconds for each in taken]
    spread = f"({min(seconds):.1f} to {max(seconds):.1f})"
    line = f"  {way:42}{median(seconds):9.2f} {spread:>13} {ratio(costs, case, way, 'seconds'):>6}"
    line += f" {median(each.cpu for each in taken):7.1f} {ratio(costs, case, way, 'cpu'):>6}"
    counts = (median(getattr(each, name) for each in taken) for name in ("requests", "writes", "commits"))
    return line + "{:10.0f}{:8.0f}{:14.0f}".format(*counts)


def ratio(costs: Costs, case: str, way: str, measure: str) -> str:
    """The median of what it took in each round, divided by what our command took in the same."""
    ours = costs.get((case, OURS), [])
    pairs = zip(costs[case, way], ours, strict=False)
    found = [getattr(each, measure) / getattr(own, measure) for each, own in pairs]
    return f"{median(found):.2f}" if found and len(costs[case, way]) == len(ours) else ""


def judge(costs: Costs, ways: list[str]) -> Iterator[tuple[bool, str]]:
    """Whether each goal is held, and in what words."""
    if OURS not in ways:
        return
    same, one = costs[SAME, OURS], costs[ONE, OURS]
    requests, writes = max(each.requests for each in same), max(each.writes for each in same)
    yield requests <= 6 and writes == 0, f"nothing changed: {requests} requests of 6, {writes} writes of 0"
    writes = max(each.writes for each in one)
    yield writes <= 4, f"one changed: {writes} writes of 4, a mark and its files for it and for the catalogue"
    if BARE in ways:
        pairs = list(zip(costs[NEW, OURS], costs[NEW, BARE], strict=True))
        clock = median(own.seconds / bare.seconds for own, bare in pairs)
        cpu = median(own.cpu / bare.cpu for own, bare in pairs)
        text = f"all new: {clock:.2f} of the seconds of create + revise, {cpu:.2f} of the CPU seconds; {GOAL} is wanted"
        yield clock <= GOAL, text


if __name__ == "__main__":
    sys.exit(main())
