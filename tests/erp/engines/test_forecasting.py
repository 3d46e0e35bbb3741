"""Forecasting: textbook cases, the back-test, the choice of a method, patterns and outliers."""

from decimal import Decimal

import numpy as np
import pytest

from erp.engines import forecasting as engine
from erp.engines.forecasting import forecast_items

D = Decimal


def test_moving_average_of_a_garden_shop():
    """Heizer and Render, Operations Management, 12th ed., chapter 4, example 1: Donna's Garden Supply, three months."""
    sheds = [10, 12, 13, 16, 19, 23, 26, 30, 28, 18, 16, 14]
    frame = engine._frame(np.array([sheds], dtype=np.float64), 12, 1)
    backward = engine.moving_average(frame).backward[0]
    shown = [11.67, 13.67, 16, 19.33, 22.67, 26.33, 28, 25.33, 20.67]
    assert backward[3:] == pytest.approx(shown, abs=0.005)


def test_smoothing_of_tonnage_in_a_port():
    """Same chapter, example 4: Port of Baltimore, first forecast 175, alpha 0.10 and the mean absolute deviation."""
    tonnage = np.array([180, 168, 159, 175, 190, 205, 180, 182], dtype=np.float64)
    path = engine.smoothed(tonnage, 0.1, 175.0)
    assert path == pytest.approx([175, 175.5, 174.75, 173.18, 173.36, 175.02, 178.02, 178.22, 178.59], abs=0.01)
    assert np.abs(tonnage - path[:-1]).mean() == pytest.approx(10.31, abs=0.01)


def test_holts_trend_of_pollution_control_equipment():
    """Same chapter, example 7: Portland Manufacturer, F1 = 11, T1 = 2, alpha 0.2, beta 0.4."""
    demand = np.array([12, 17, 20, 19, 24, 21, 31, 28, 36], dtype=np.float64)
    level, trend = engine.holt_path(demand, 0.2, 0.4, 11.0, 2.0)
    shown = [13, 14.72, 17.28, 20.14, 22.14, 24.89, 26.18, 29.59, 31.60, 35.16]
    assert level + trend == pytest.approx(shown, abs=0.01)


def test_croston_by_hand_with_the_correction():
    """Sizes 4 and 6 three buckets apart: z = 4.2, p = 2.1, rate (1 - 0.05) z / p. Formula: Syntetos and Boylan 2005."""
    demand = np.array([0, 4, 0, 0, 6, 0], dtype=np.float64)
    rates = engine.croston_path(demand, 0.1, np.float64(4), np.float64(2))
    assert rates[0] == pytest.approx(0.95 * 4 / 2)
    assert rates[2] == rates[1] == pytest.approx(rates[0])  # size 4 after two buckets changes nothing
    assert rates[5] == rates[6] == pytest.approx(0.95 * 4.2 / 2.1)


def test_the_method_with_the_least_error_is_chosen():
    steady = [D(100), D(101), D(99)] * 8
    rising = [D(10 * place) for place in range(1, 25)]
    sparse = [D(9 if month in {1, 6, 8, 13, 19, 21} else 0) for month in range(24)]
    yearly = [D(100 if month == 11 else 10) for _year in range(3) for month in range(12)][-24:]
    steady, rising, sparse, yearly = forecast_items([steady, rising, sparse, yearly], horizon=3, season=12)
    assert rising.method == engine.HOLT
    assert rising.quantities == [250, 260, 270]
    assert yearly.method == engine.SEASONAL
    assert sparse.pattern == "intermittent"
    assert 1 < sparse.quantities[0] < 4  # not nothing, though the last two months saw nothing
    assert (steady.pattern, steady.outliers) == ("smooth", [])
    assert abs(steady.quantities[0] - 100) <= 1
    assert steady.scores[steady.method].rmse == min(one.rmse for one in steady.scores.values())


def test_a_method_chosen_by_hand_is_kept_and_one_that_cannot_speak_is_not():
    history = [[D(0)] * 18 + [D(5), D(7), D(6), D(8), D(5), D(7)]] * 2
    by_hand, impossible = forecast_items(history, horizon=2, season=12, chosen=["naive", "seasonal"])
    assert (by_hand.method, by_hand.quantities) == ("naive", [7, 7])
    assert impossible.method != "seasonal"  # there is no year before it


def test_the_back_test_by_hand():
    """Nine buckets, three tested, naive: errors 2, -1, 3 against demands 4, 5, 2."""
    [one] = forecast_items([[D(v) for v in (3, 5, 4, 6, 5, 6, 4, 5, 2)]], horizon=1, season=12)
    score = one.scores["naive"]
    assert (score.mae, score.bias) == (D(2), D("1.333333"))
    assert score.wape == D("54.545455")
    assert score.rmse == D("2.160247")


def test_nothing_is_forecast_from_nothing():
    nothing, one_sale = forecast_items([[D(0)] * 12, [D(0)] * 11 + [D(5)]], horizon=2, season=12)
    assert (nothing.method, nothing.quantities, nothing.scores, nothing.pattern) == ("naive", [0, 0], {}, "")
    assert one_sale.quantities == [5, 5]
    assert forecast_items([], horizon=2, season=12) == []


def test_outliers_are_shown_and_can_be_trimmed():
    history = [D(v) for v in (10, 11, 9, 10, 12, 95, 10, 11, 9, 10, 11, 10)]
    [left] = forecast_items([history], horizon=1, season=12, chosen=["average"])
    [trimmed] = forecast_items([history[:-1]], horizon=1, season=12, trims_outliers=True)
    assert left.outliers == trimmed.outliers == [5]
    far, usual = engine.outliers(np.array([history], dtype=np.float64))
    assert far.sum() == 1
    assert usual[0, 5] == pytest.approx(10 + 3.5 / 0.6745)
