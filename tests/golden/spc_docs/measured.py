"""Pages on charts of measured characteristics."""

from __future__ import annotations

from tests.golden.spc_docs.page import Page

PAGES = (
    Page(
        "xbar_r",
        "xbar_r",
        "X-bar and R chart",
        "a measured characteristic, two to about eight readings at a time",
        "Take it when several parts can be measured together at short intervals, so that what differs inside a "
        "subgroup is the noise of the process and nothing else. The means show where the process stands, the ranges "
        "how much it scatters. Read the chart of ranges first: if it is out, the limits of the means mean little.",
        "Readings in subgroups: several columns, or one column with a column of labels (`--subgroup lot`), or one "
        "column cut into groups of a number (`--subgroup 5`). About 25 subgroups of a quiet process for the limits "
        "(phase 1). Missing readings are left empty; each subgroup has limits of its own size.",
        (
            "centre   = sum n_i mean_i / sum n_i          (phase 1)",
            "sigma    = mean of R_i / d2(n_i)",
            "means    : centre ± nsigma · sigma / sqrt(n_i)",
            "ranges   : mean R ± nsigma · d3(n_i) · sigma, not below 0",
        ),
        "Shewhart 1931; Montgomery, Statistical Quality Control, 7th ed., section 6.2; ISO 7870-2. d2 and d3 are "
        "computed from their integrals, not from a rounded table.",
        "--chart xbar_r --value a --value b --value c --value d --value e --phase1 1:20",
    ),
    Page(
        "xbar_s",
        "xbar_s",
        "X-bar and s chart",
        "a measured characteristic, larger or unequal subgroups",
        "Take it instead of X-bar and R where subgroups have more than about eight readings, or unequal numbers of "
        "them: the standard deviation uses every reading, the range only two.",
        "As X-bar and R. `--sigma-method` chooses how the standard deviations of the subgroups are pooled: `Sbar/c4` "
        "(the mean), `MVLUE-SD` (weighted for unequal sizes), `RMSDF` (root of the pooled variance).",
        (
            "sigma    = mean of s_i / c4(n_i)",
            "means    : centre ± nsigma · sigma / sqrt(n_i)",
            "s        : mean s ± nsigma · sigma · sqrt(1 - c4(n_i)^2), not below 0",
        ),
        "Montgomery, Statistical Quality Control, 7th ed., section 6.3; Burr, Technometrics 11 (1969) 791.",
        "--chart xbar_s --value mm --subgroup batch --sigma-method RMSDF",
    ),
    Page(
        "i_mr",
        "i_mr",
        "I-MR chart",
        "a measured characteristic, one reading at a time",
        "Take it where there is one reading at a time: every part is measured, or a batch gives one figure. "
        "Neighbouring readings must not depend on one another; the answer says where they do, and then the limits "
        "are too narrow.",
        "One column of readings in the order they were made. An empty cell is a gap, and no moving range reaches "
        "across it.",
        (
            "sigma    = mean of |x_j - x_(j-1)| / d2(2)      (phase 1)",
            "I        : mean ± nsigma · sigma",
            "MR       : mean MR · (1 ± 3 d3(2)/d2(2)), not below 0",
        ),
        "Montgomery, Statistical Quality Control, 7th ed., section 6.4. Moving ranges share readings, so only the "
        "limit is tested on them.",
        "--chart i_mr --value bore_mm --phase1 1:25 --lsl 24.95 --usl 25.05",
    ),
    Page(
        "ewma",
        "ewma",
        "EWMA chart",
        "small lasting shifts of a mean",
        "Take it where a shift of half a sigma to one and a half matters: a Shewhart chart finds it late. It also "
        "bears readings that are not quite normal. A single wild reading shows less clearly than on an I chart, so "
        "run both.",
        "One column of readings, or subgroups. Centre and sigma that are known (`--center`, `--sigma`), or phase 1.",
        (
            "z_i      = lambda · x_i + (1 - lambda) · z_(i-1),   z_0 = centre",
            "sigma_z  = sigma · sqrt( lambda/(2-lambda) · (1 - (1-lambda)^(2i)) )",
            "limits   = centre ± L · sigma_z",
        ),
        "Roberts, Technometrics 1 (1959) 239; Lucas and Saccucci, Technometrics 32 (1990) 1; Montgomery, Statistical "
        "Quality Control, 7th ed., section 9.2.",
        "--chart ewma --value weight_g --center 50 --sigma 0.4 --lambda 0.1 --L 2.7",
    ),
    Page(
        "cusum",
        "cusum",
        "CUSUM chart",
        "small lasting shifts, and when they began",
        "Take it like the EWMA chart for small lasting shifts. The sum tells when the shift began: at its last zero. "
        "With a head start it finds a process that is off from the beginning.",
        "One column of readings, or subgroups. Centre and sigma that are known, or phase 1. `k` is half the shift to "
        "be found and `h` the decision interval, both in sigmas of the plotted point.",
        (
            "y_i      = (x_i - centre) / sigma             (means: · sqrt(n))",
            "C+_i     = max(0, C+_(i-1) + y_i - k)",
            "C-_i     = max(0, C-_(i-1) - y_i - k)",
            "out      : C+ > h or C- > h",
        ),
        "Page, Biometrika 41 (1954) 100; Lucas and Crosier, Technometrics 24 (1982) 199 (head start); Montgomery, "
        "Statistical Quality Control, 7th ed., section 9.1.",
        "--chart cusum --value weight_g --center 50 --sigma 0.4 --k 0.5 --h 5",
    ),
    Page(
        "ma",
        "ma",
        "Moving average chart",
        "shifts, where an average is what people know",
        "Take it where the moving average of the last few points is the figure that people already follow. The EWMA "
        "chart does the same job with fewer points.",
        "One column of readings, or subgroups. `--span` says over how many points the average runs.",
        (
            "M_i      = mean of the last w points (of as many as there are, at the start)",
            "limits   = centre ± nsigma · sigma / sqrt(n · points averaged)",
        ),
        "Montgomery, Statistical Quality Control, 7th ed., section 9.3.",
        "--chart ma --value weight_g --center 50 --sigma 0.4 --span 5",
    ),
    Page(
        "t2",
        "t2_individuals",
        "Hotelling's T² chart",
        "several characteristics that vary together",
        "Take it where characteristics of one part depend on one another, such as diameter and length: a part may be "
        "unusual although each figure alone is not. The answer says what each characteristic contributes to a point "
        "that is out.",
        "A column for each characteristic, and more rows than columns. Subgroups: `t2_subgroups` with `--subgroup`.",
        (
            "T²       = (x - mean)' S^-1 (x - mean)",
            "limit    = (m-1)²/m · Beta quantile(p/2, (m-p-1)/2)            rows of phase 1",
            "           p(m+1)(m-1)/(m(m-p)) · F quantile(p, m-p)           rows after it",
        ),
        "Hotelling 1947; Tracy, Young and Mason, Journal of Quality Technology 24 (1992) 88; Montgomery, Statistical "
        "Quality Control, 7th ed., section 11.3. Contributions: Runger, Alt and Montgomery 1996.",
        "--chart t2_individuals --value diameter --value length --value mass --confidence 0.99",
    ),
    Page(
        "mewma",
        "mewma",
        "MEWMA chart",
        "small shifts of several characteristics at once",
        "Take it as the EWMA chart, for several characteristics that vary together.",
        "A column for each characteristic. `--arl0` is the run length wanted while nothing is wrong; the limit "
        "follows.",
        (
            "Z_i      = lambda (x_i - mean) + (1 - lambda) Z_(i-1),   Z_0 = 0",
            "S_i      = lambda/(2-lambda) · (1 - (1-lambda)^(2i)) · S",
            "T²_i     = Z_i' S_i^-1 Z_i, out above h",
        ),
        "Lowry, Woodall, Champ and Rigdon, Technometrics 34 (1992) 46; limit by the integral equation of Rigdon 1995.",
        "--chart mewma --value diameter --value length --value mass --lambda 0.1 --arl0 200",
    ),
    Page(
        "short_run",
        "short_run",
        "Short-run charts (DNOM and Z-MR)",
        "many parts in turn, few of each",
        "Take them where the line changes its product too often for a chart of each. Deviations from nominal (DNOM) "
        "suit parts that scatter alike; Z and its moving range (Z-MR) suit parts that do not.",
        "One column of readings in run order, a column of parts (`--part`), and for DNOM the nominal of each part.",
        (
            "DNOM     : x - nominal of its part, mean ± 3 · mean MR / d2(2)",
            "Z        : (x - mean of its part) / sigma of its part, 0 ± 3",
            "MR of Z  : d2(2) + 3 d3(2), across change-overs too",
        ),
        "Montgomery, Statistical Quality Control, 7th ed., section 10.1.",
        "--chart short_run --value mm --part part --nominal A=20 --nominal B=35 --nominal C=8",
    ),
)
