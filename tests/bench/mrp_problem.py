"""Fixed-seed generator of a planning problem: items, bills of five levels, lots, lead times, stock, receipts, demand.

Five levels: 0 end items, 1-3 sub-assemblies, 4 purchased parts. Every quantity is a whole number kept in float64, so
that every implementation must agree exactly. Day 0 is today; demand is spread over HORIZON days.
"""

import numpy as np

HORIZON = 364
SHARE = (0.20, 0.15, 0.15, 0.10, 0.40)  # of the items, by level
QPER = np.array([1, 1, 1, 1, 1, 2, 2, 4], dtype=np.float64)


def generate(n_items, bom_per=5.0, demands_per_end=2, seed=1):
    rng = np.random.default_rng(seed)
    size = [max(2, round(n_items * s)) for s in SHARE]
    size[4] = n_items - sum(size[:4])
    start = np.concatenate([[0], np.cumsum(size)])
    level = np.repeat(np.arange(5, dtype=np.int16), size)

    # ---- bill of material -------------------------------------------------
    par, chi = [], []
    for k in range(4):
        n, nn = size[k], size[k + 1]
        parents = np.arange(start[k], start[k + 1])
        # one component from the next level down, covering that level
        par.append(parents)
        chi.append(start[k + 1] + rng.permutation(np.resize(np.arange(nn), n)))
        extra = np.maximum(1, rng.poisson(bom_per - 1, n))
        p = np.repeat(parents, extra)
        m = p.size
        deeper = start[4] - start[k + 1]  # made items below this level
        made = rng.random(m) < (0.35 if deeper else 0.0)
        c = np.empty(m, dtype=np.int64)
        nb = int(made.sum())
        if nb:
            c[made] = start[k + 1] + rng.integers(0, deeper, nb)
        # purchased parts: skewed, a few are used nearly everywhere
        c[~made] = start[4] + (size[4] * rng.random(m - nb) ** 2).astype(np.int64)
        par.append(p)
        chi.append(c)
    par, chi = np.concatenate(par), np.concatenate(chi)
    key = np.unique(par.astype(np.int64) * n_items + chi)  # sorted by parent, child; no doubles
    par, chi = (key // n_items).astype(np.int32), (key % n_items).astype(np.int32)
    per = rng.choice(QPER, par.size)

    # ---- demand -----------------------------------------------------------
    nd = size[0] * demands_per_end
    d_item = np.tile(np.arange(size[0], dtype=np.int32), demands_per_end)
    d_day = rng.integers(0, HORIZON, nd).astype(np.int32)
    d_qty = rng.integers(1, 21, nd).astype(np.float64)

    # ---- yearly usage, rolled down, to size stock and lots -----------------
    use = np.bincount(d_item, weights=d_qty, minlength=n_items)
    for k in range(4):
        lo, hi = np.searchsorted(par, [start[k], start[k + 1]])
        use += np.bincount(chi[lo:hi], weights=use[par[lo:hi]] * per[lo:hi], minlength=n_items)
    week = use / 52.0

    lt = np.where(level == 4, rng.integers(5, 41, n_items), rng.integers(1, 6, n_items)).astype(np.int32)
    onhand = np.floor(week * rng.uniform(0, 4, n_items))
    ss = np.where(rng.random(n_items) < 0.3, np.ceil(week * rng.uniform(0.2, 1.0, n_items)), 0.0)
    r = rng.random(n_items)
    cover = np.where(level == 4, rng.uniform(2, 10, n_items), rng.uniform(1, 4, n_items))
    lotmin = np.where((r < 0.5) & (r >= 0.3) | (r >= 0.8), np.maximum(1, np.round(week * cover)), 1.0)
    mult = np.where(r >= 0.5, np.maximum(1, np.round(week * rng.uniform(0.3, 2, n_items))), 1.0)
    # r<.3 lot-for-lot; .3-.5 minimum; .5-.8 multiple; >=.8 minimum and multiple

    buy = np.arange(start[4], start[5])
    ri = np.sort(rng.choice(buy, buy.size // 4, replace=False)).astype(np.int32)
    r_day = rng.integers(0, 30, ri.size).astype(np.int32)
    r_qty = np.maximum(1, np.round(week[ri] * rng.uniform(1, 4, ri.size)))
    return {
        "level": level,
        "lt": lt,
        "ss": ss,
        "lotmin": lotmin,
        "mult": mult,
        "onhand": onhand,
        "bom_parent": par,
        "bom_child": chi,
        "bom_qty": per,
        "dem_item": d_item,
        "dem_day": d_day,
        "dem_qty": d_qty,
        "rec_item": ri,
        "rec_day": r_day,
        "rec_qty": r_qty,
    }
