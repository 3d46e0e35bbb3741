"""Forecasts of many items at once from their history: methods, rolling-origin back-test, choice by error.

Histories are arrays of one row per item and one column per bucket, oldest first. An item lives from its first bucket
with a demand on; what lies before is no demand of zero but no history.

Sources: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed.: naive and seasonal naive section
5.2, time series cross-validation 5.10, simple exponential smoothing 8.1, Holt's trend 8.2, Croston 13.2. Moving
average: Heizer and Render, Operations Management, chapter Forecasting. Croston's bias correction: Syntetos and Boylan,
The accuracy of intermittent demand estimates, International Journal of Forecasting 21 (2005) 303-314. Patterns:
Syntetos, Boylan and Croston, On the categorization of demand patterns, Journal of the Operational Research Society 56
(2005) 495-503. Outliers: Iglewicz and Hoaglin, How to Detect and Handle Outliers (ASQC 1993), modified z-score above
3.5.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NAIVE, SEASONAL, AVERAGE, SES, HOLT, CROSTON = "naive", "seasonal", "average", "ses", "holt", "croston"
METHODS = (NAIVE, AVERAGE, SES, HOLT, CROSTON, SEASONAL)
"""From the simplest: of methods with the same error the first is taken."""

AVERAGED = 3
CROSTON_ALPHA = 0.1
ALPHAS = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
HOLT_GRID = np.array([(a, b) for a in (0.1, 0.2, 0.3, 0.5, 0.7, 0.9) for b in (0.05, 0.1, 0.2, 0.4)])
TESTED = 6
"""Most origins of the back-test; a third of the history when that is less."""
ADI, CV2 = 1.32, 0.49
"""Bounds between the patterns: mean interval between demands, squared coefficient of variation of their sizes."""
OUTLYING, MAD_SCALE = 3.5, 0.6745
CHUNK = 1000
SMOOTH, INTERMITTENT, ERRATIC, LUMPY, NO_PATTERN = "smooth", "intermittent", "erratic", "lumpy", ""


@dataclass(frozen=True)
class Score:
    """How one method would have done, one bucket ahead, in the last buckets of the history.

    mae   mean absolute error, stock unit.   rmse  root of the mean squared error: it decides, because the absolute
    error rewards a forecast of nothing where demand is intermittent.   wape  sum of absolute errors in percent of the
    demand (None without demand).   bias  mean of forecast less demand: above zero it says too much.
    """

    mae: Decimal
    rmse: Decimal
    wape: Decimal | None
    bias: Decimal


@dataclass(frozen=True)
class Forecast:
    """The answer for one item: quantities of the next buckets by the chosen method, and how all methods did.

    outliers  places in the history that lie far from the rest.
    """

    method: str
    quantities: list[Decimal]
    pattern: str
    scores: dict[str, Score] = field(default_factory=dict)
    outliers: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Frame:
    """Histories with what the methods need to know: where each life begins, where the back-test begins."""

    y: Floats
    first: NDArray[np.int64]
    tested: NDArray[np.int64]
    season: int
    horizon: int

    @property
    def buckets(self) -> int:
        return int(self.y.shape[1])

    @property
    def at(self) -> NDArray[np.int64]:
        return np.arange(self.buckets)[None, :]

    @property
    def lived(self) -> NDArray[np.int64]:
        return self.buckets - self.first

    def alive(self) -> Flags:
        """Buckets of each life."""
        return self.at >= self.first[:, None]

    def in_test(self) -> Flags:
        """Buckets that are forecast in the back-test."""
        return self.at >= (self.buckets - self.tested)[:, None]

    def fitted_on(self, *, whole: bool) -> Flags:
        """Buckets whose errors choose the parameters: before the back-test, or all of them."""
        known = self.at > self.first[:, None]
        return known if whole else known & ~self.in_test()

    def first_values(self) -> Floats:
        return self.y[np.arange(len(self.y)), np.minimum(self.first, self.buckets - 1)]


@dataclass(frozen=True)
class _Fitted:
    """What a method says: for each bucket one before it, for the next buckets, and for whom it can speak."""

    backward: Floats
    forward: Floats
    speaks: Flags


def forecast_items(
    histories: Sequence[Sequence[Any]],
    *,
    horizon: int,
    season: int,
    chosen: Sequence[str] | None = None,
    trims_outliers: bool = False,
) -> list[Forecast]:
    """Forecast each history ``horizon`` buckets ahead; all have the same length.

    season          buckets of a year (12, 52), for the seasonal method.
    chosen          a method per item, "" for the one with the least error in its back-test.
    trims_outliers  count an outlier as the edge of what is usual.
    """
    made: list[Forecast] = []
    for start in range(0, len(histories), CHUNK):
        part = histories[start : start + CHUNK]
        names = chosen[start : start + CHUNK] if chosen is not None else [""] * len(part)
        made += _forecast_chunk(np.array(part, dtype=np.float64), horizon, season, names, trims_outliers)
    return made


def _forecast_chunk(y: Floats, horizon: int, season: int, names: Sequence[str], trims: bool) -> list[Forecast]:
    outlying, usual = outliers(y)
    frame = _frame(usual if trims else y, season, horizon)
    fitted = {name: method(frame) for name, method in _METHODS.items()}
    scores = {name: _scores(frame, one) for name, one in fitted.items()}
    patterns = patterns_of(frame.y, frame.first)
    answers = []
    for row, wanted in enumerate(names):
        known = {name: scores[name][row] for name in METHODS if scores[name][row] is not None}
        method = wanted if wanted and fitted[wanted].speaks[row] else _least(known)
        answers.append(
            Forecast(
                method=method,
                quantities=[_decimal(one) for one in np.maximum(fitted[method].forward[row], 0)],
                pattern=patterns[row],
                scores={name: one for name, one in known.items() if one is not None},
                outliers=[int(place) for place in np.flatnonzero(outlying[row])],
            )
        )
    return answers


def _least(scores: dict[str, Score | None]) -> str:
    best = NAIVE
    for name, one in scores.items():
        known = scores.get(best)
        if one is not None and (known is None or one.rmse < known.rmse):
            best = name
    return best


def _frame(y: Floats, season: int, horizon: int) -> _Frame:
    buckets = y.shape[1]
    any_demand = (y > 0).any(axis=1)
    first = np.where(any_demand, (y > 0).argmax(axis=1), buckets - 1)
    tested = np.clip((buckets - first) // 3, 0, TESTED)
    return _Frame(y, first, np.where(any_demand, tested, 0), season, horizon)


def _decimal(value: Any) -> Decimal:
    return Decimal(repr(round(value.item(), 6)))


# --- methods ---------------------------------------------------------------------------------------------------------


def naive(frame: _Frame) -> _Fitted:
    """Tomorrow is like today."""
    backward = np.concatenate([np.zeros((len(frame.y), 1)), frame.y[:, :-1]], axis=1)
    forward = np.repeat(frame.y[:, -1:], frame.horizon, axis=1)
    return _Fitted(backward, forward, np.ones(len(frame.y), dtype=bool))


def seasonal_naive(frame: _Frame) -> _Fitted:
    """Like the same bucket a year ago; speaks when the back-test has a year before it."""
    season, buckets = frame.season, frame.buckets
    backward = np.zeros_like(frame.y)
    if buckets <= season:
        return _Fitted(backward, np.zeros((len(frame.y), frame.horizon)), np.zeros(len(frame.y), dtype=bool))
    backward[:, season:] = frame.y[:, :-season]
    places = [buckets - season + step % season for step in range(frame.horizon)]
    return _Fitted(backward, frame.y[:, places], frame.lived - frame.tested >= season)


def moving_average(frame: _Frame, span: int = AVERAGED) -> _Fitted:
    """Mean of the last ``span`` buckets."""
    sums = np.cumsum(np.concatenate([np.zeros((len(frame.y), 1)), frame.y], axis=1), axis=1)
    means = np.zeros((len(frame.y), frame.buckets + 1))
    for place in range(1, frame.buckets + 1):
        start = max(0, place - span)
        means[:, place] = (sums[:, place] - sums[:, start]) / (place - start)
    forward = np.repeat(means[:, -1:], frame.horizon, axis=1)
    return _Fitted(means[:, :-1], forward, frame.lived - frame.tested >= span)


def smoothed(y: Floats, alpha: Any, level: Any, alive: Any = None) -> Floats:
    """Simple exponential smoothing: the forecast made before each bucket, and the one after the last.

    ``y`` has the buckets in its last axis; ``alpha`` and ``level`` broadcast over the other axes.
    """
    path = []
    for place in range(y.shape[-1]):
        path.append(level)
        new = alpha * y[..., place] + (1 - alpha) * level
        level = new if alive is None else np.where(alive[..., place], new, level)
    return np.stack(np.broadcast_arrays(*path, level), axis=-1)


def holt_path(y: Floats, alpha: Any, beta: Any, level: Any, trend: Any, *, alive: Any = None) -> tuple[Floats, Floats]:
    """Holt's linear trend: level and trend known before each bucket and after the last; the forecast is their sum."""
    levels, trends = [], []
    for place in range(y.shape[-1]):
        levels.append(level)
        trends.append(trend)
        new = alpha * y[..., place] + (1 - alpha) * (level + trend)
        slope = beta * (new - level) + (1 - beta) * trend
        lives = True if alive is None else alive[..., place]
        level, trend = np.where(lives, new, level), np.where(lives, slope, trend)
    return (
        np.stack(np.broadcast_arrays(*levels, level), axis=-1),
        np.stack(np.broadcast_arrays(*trends, trend), axis=-1),
    )


def croston_path(y: Floats, alpha: Any, size: Any, interval: Any, alive: Any = None) -> Floats:
    """Croston's method with the correction of Syntetos and Boylan: the rate per bucket, before each and after the last.

    size, interval  estimates to begin with: mean demand where there is one, mean buckets from demand to demand.
    """
    rates, since = [], np.ones_like(size)
    for place in range(y.shape[-1]):
        rates.append((1 - alpha / 2) * size / interval)
        demand = y[..., place]
        occurs = demand > 0 if alive is None else (demand > 0) & alive[..., place]
        size = np.where(occurs, alpha * demand + (1 - alpha) * size, size)
        interval = np.where(occurs, alpha * since + (1 - alpha) * interval, interval)
        since = np.where(occurs, 1.0, since + 1)
    return np.stack(np.broadcast_arrays(*rates, (1 - alpha / 2) * size / interval), axis=-1)


def _ses(frame: _Frame) -> _Fitted:
    paths = smoothed(frame.y[None], ALPHAS[:, None], frame.first_values()[None], frame.alive()[None])
    return _best(frame, paths[..., :-1], np.repeat(paths[..., -1:], frame.horizon, axis=2), least=3)


def _holt(frame: _Frame) -> _Fitted:
    level = frame.first_values()
    second = frame.y[np.arange(len(frame.y)), np.minimum(frame.first + 1, frame.buckets - 1)]
    alive = frame.at > frame.first[:, None]
    alpha, beta = HOLT_GRID[:, 0][:, None], HOLT_GRID[:, 1][:, None]
    levels, trends = holt_path(frame.y[None], alpha, beta, level[None], (second - level)[None], alive=alive[None])
    ahead = np.arange(1, frame.horizon + 1)
    forward = levels[..., -1:] + trends[..., -1:] * ahead
    return _best(frame, (levels + trends)[..., :-1], forward, least=6)


def _croston(frame: _Frame) -> _Fitted:
    """Speaks for histories with gaps and at least two demands before the back-test."""
    known = frame.alive() & ~frame.in_test()
    demands = ((frame.y > 0) & known).sum(axis=1)
    size = np.where(known, frame.y, 0).sum(axis=1) / np.maximum(demands, 1)
    interval = known.sum(axis=1) / np.maximum(demands, 1)
    gaps = ((frame.y <= 0) & frame.alive()).any(axis=1)
    rates = croston_path(frame.y, CROSTON_ALPHA, np.maximum(size, 1e-9), np.maximum(interval, 1.0), frame.alive())
    return _Fitted(rates[:, :-1], np.repeat(rates[:, -1:], frame.horizon, axis=1), gaps & (demands >= 2))


def _best(frame: _Frame, backward: Floats, forward: Floats, *, least: int) -> _Fitted:
    """Take for each item the parameters with the least squared error: before the back-test, and of all for the future.

    backward, forward  by parameters (first axis) and item.   least  buckets a life must have before the back-test.
    """
    squares = (backward - frame.y[None]) ** 2
    rows = np.arange(len(frame.y))
    tested = (squares * frame.fitted_on(whole=False)[None]).sum(axis=2).argmin(axis=0)
    final = (squares * frame.fitted_on(whole=True)[None]).sum(axis=2).argmin(axis=0)
    return _Fitted(backward[tested, rows], forward[final, rows], frame.lived - frame.tested >= least)


_METHODS: dict[str, Callable[[_Frame], _Fitted]] = {
    NAIVE: naive,
    AVERAGE: moving_average,
    SES: _ses,
    HOLT: _holt,
    CROSTON: _croston,
    SEASONAL: seasonal_naive,
}


# --- what a history looks like ---------------------------------------------------------------------------------------


def _scores(frame: _Frame, fitted: _Fitted) -> list[Score | None]:
    """Score a method in the back-test; None where it cannot speak or nothing is tested."""
    test = frame.in_test()
    count = np.maximum(test.sum(axis=1), 1)
    errors = np.where(test, np.maximum(fitted.backward, 0) - frame.y, 0)
    demand = np.where(test, frame.y, 0).sum(axis=1)
    absolute = np.abs(errors).sum(axis=1)
    columns = (absolute / count, np.sqrt((errors**2).sum(axis=1) / count), errors.sum(axis=1) / count)
    valid = fitted.speaks & (frame.tested > 0)
    return [
        Score(
            mae=_decimal(columns[0][row]),
            rmse=_decimal(columns[1][row]),
            wape=_decimal(absolute[row] / demand[row] * 100) if demand[row] > 0 else None,
            bias=_decimal(columns[2][row]),
        )
        if valid[row]
        else None
        for row in range(len(frame.y))
    ]


def outliers(y: Floats) -> tuple[Flags, Floats]:
    """Return which demands lie far from the item's other demands, and the histories with those cut to what is usual."""
    shown = np.where(y > 0, y, np.nan)
    empty = ~(y > 0).any(axis=1)
    shown[empty, :1] = 0
    middle = np.nanmedian(shown, axis=1, keepdims=True)
    spread = np.nanmedian(np.abs(shown - middle), axis=1, keepdims=True)
    reach = OUTLYING * spread / MAD_SCALE
    far = (y > 0) & (spread > 0) & (np.abs(y - middle) > reach)
    return far, np.where(far, np.clip(y, np.maximum(middle - reach, 0), middle + reach), y)


def patterns_of(y: Floats, first: NDArray[np.int64]) -> list[str]:
    """Return the pattern of each history: smooth, intermittent, erratic or lumpy; "" without demand."""
    alive = np.arange(y.shape[1])[None, :] >= first[:, None]
    demands = ((y > 0) & alive).sum(axis=1)
    interval = alive.sum(axis=1) / np.maximum(demands, 1)
    mean = y.sum(axis=1) / np.maximum(demands, 1)
    variance = np.where(y > 0, (y - mean[:, None]) ** 2, 0).sum(axis=1) / np.maximum(demands, 1)
    variation = variance / np.maximum(mean, 1e-12) ** 2
    names = {(False, False): SMOOTH, (True, False): INTERMITTENT, (False, True): ERRATIC, (True, True): LUMPY}
    return [
        names[bool(interval[row] > ADI), bool(variation[row] > CV2)] if demands[row] else NO_PATTERN
        for row in range(len(y))
    ]
