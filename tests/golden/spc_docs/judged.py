"""Pages on capability, measurement systems, sampling and Pareto."""

from __future__ import annotations

from tests.golden.spc_docs.page import Page

PAGES = (
    Page(
        "capability",
        "capability",
        "Capability",
        "whether a process can hold its specification",
        "Take it for a process whose control chart is quiet. The C indices use the scatter within subgroups (what "
        "the process could do), the P indices all of it (what it did). Each index comes with its confidence "
        "interval: with 50 readings a Cpk of 1.33 may well be 1.05.",
        "Readings as for [I-MR](i_mr.md) or [X-bar](xbar_r.md), and one or both specification limits. Far from "
        "normal readings, or a process that is not in control, are said in the answer.",
        (
            "Cp       = (USL - LSL) / (6 sigma)",
            "Cpk      = the smaller of (USL - mean) / (3 sigma) and (mean - LSL) / (3 sigma)",
            "Cpm      = Cp / sqrt(1 + ((mean - target)/sigma)²)",
            "Pp … Ppm : the same with the standard deviation of all readings",
        ),
        "Kane, Journal of Quality Technology 18 (1986) 41; Bissell, Applied Statistics 39 (1990) 331 (intervals); "
        "Montgomery, Statistical Quality Control, 7th ed., chapter 8; ISO 22514-2.",
        "--chart capability --value bore_mm --lsl 24.96 --usl 25.04 --target 25",
        also="Readings that are not normal: `capability_percentiles` fits the distribution that suits them, `boxcox` "
        "finds the power that makes them normal.",
    ),
    Page(
        "gage_rr",
        "gage_rr_anova",
        "Gauge R&R",
        "how much of the scatter is the gauge's and its users'",
        "Take it before any control chart: a gauge that scatters as much as the parts cannot judge them. About ten "
        "parts that span the process, two or three operators, two or three trials in random order.",
        "One row a reading, with columns of parts, operators and readings; every operator measures every part "
        "equally often.",
        (
            "two-way analysis of variance, part and operator random",
            "gauge R&R      = repeatability + operator + interaction     (variances)",
            "% study var.   = 100 · sqrt(gauge R&R / total)",
            "categories     = sqrt(2 · part / gauge R&R), rounded down",
        ),
        "AIAG, Measurement Systems Analysis, 4th ed., chapter III and appendix A: below 10 % acceptable, above 30 % "
        "not. The interaction is pooled into repeatability where its p is above 0.25.",
        "--chart gage_rr_anova --value mm --part part --operator operator --tolerance 0.5",
        also="Destructive tests: `gage_rr_nested`. By averages and ranges: `gage_rr_range`. Against masters: "
        "`gage_bias`, `gage_linearity`, `gage_stability`.",
    ),
    Page(
        "agreement",
        "attribute_agreement",
        "Attribute agreement",
        "whether people (or a person and the station) judge alike",
        "Take it where the gauge is an eye: inspectors who say good or bad. Kappa is agreement beyond what chance "
        "alone would give: 1 is perfect, 0 is guessing.",
        "A STUDY.json with `cohen_table` (rows: verdicts of one rater, columns: of the other), or `fleiss_counts` "
        "(for each part, how many raters chose each category), or both.",
        (
            "kappa    = (observed agreement - chance) / (1 - chance)",
            "above 0.75 good, below 0.40 poor",
        ),
        "Cohen 1960; Fleiss, Psychological Bulletin 76 (1971) 378; Fleiss, Cohen and Everitt 1969 (standard error); "
        "AIAG, Measurement Systems Analysis, 4th ed., chapter III C.",
        also="Verdicts part by part, several passes, against a known truth: `attribute_study` with columns of parts, "
        "raters, verdicts and the reference; it tells misses from false alarms.",
        ending="json",
        picture=False,
    ),
    Page(
        "sampling",
        "acceptance_find_plan",
        "Sampling plans",
        "how many pieces of a lot to look at",
        "Take it where lots come in and not every piece can be looked at. Say which quality should pass and which "
        "should not, each with the risk you bear; the smallest plan follows. `acceptance_single` gives the curve of "
        "a plan you have.",
        "A STUDY.json with `p1`, `alpha`, `p2`, `beta` (or `n` and `c` with `p` for a plan that is given); `dist` "
        "may be binomial, poisson or hypergeometric (with `lot`).",
        (
            "Pa(p)    = P(X <= c),  X binomial(n, p)",
            "smallest c, then smallest n, with Pa(p1) >= 1 - alpha and Pa(p2) <= beta",
        ),
        "Montgomery, Statistical Quality Control, 7th ed., section 15.2.",
        also="By AQL and lot size as in ISO 2859-1: `acceptance_lot`. By measured values: `acceptance_variables`.",
        ending="json",
    ),
    Page(
        "pareto",
        "pareto",
        "Pareto chart",
        "which kinds of defect matter most",
        "Take it to choose what to work on first. The dark bars are the vital few: the shortest head of the list "
        "that makes up 80 % of all.",
        "A column of kinds and one of counts (`--category`, `--value`), or a column of kinds alone, which are then "
        "counted.",
        ("kinds by falling count; cumulative % = 100 · sum so far / total",),
        "Juran 1951.",
        "--chart pareto --category kind",
    ),
)
