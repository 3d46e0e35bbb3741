"""The whole chain from quotation to cash: statements and milliseconds of each step, by the number of lines."""

import resource

import pytest

from tests.flows.chain import Chain

SIZES = (5, 50, 1000)


@pytest.mark.parametrize("lines", SIZES)
def test_order_to_cash(committed, lines):
    Chain(1).run()  # imports, prepared plans
    chain = Chain(lines).run()
    print(f"\nOrder to cash, {lines} lines")
    print(f"{'step':<10}{'statements':>12}{'ms':>10}")
    for name, step in chain.steps.items():
        print(f"{name:<10}{len(step.statements):>12}{step.seconds * 1000:>10.0f}")
    total = sum(step.seconds for step in chain.steps.values())
    print(f"{'in all':<10}{sum(chain.counts().values()):>12}{total * 1000:>10.0f}")
    print(f"most memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    assert set(chain.counts()) >= {"quote", "confirm", "pick", "ship", "invoice", "post", "pay"}
