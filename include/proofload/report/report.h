#pragma once
/// The stage after assessment: draws and lays out, decides nothing.
#include <functional>
#include <string>
#include <vector>

#include "proofload/report/design_data.h"
#include "proofload/report/page.h"

namespace proofload::report {

/// Reads RUN/report/report.json and the finest results; writes RUN/report/{report.html,
/// pictures/, fields/<design>.vtu}. Pictures are drawn in a process of their own: whatever happens
/// to it, the page is written and says what is missing. Throws InvalidInput (no report.json),
/// NumericalFailure (REPORT_INCONSISTENT).
void write_report(const std::string& run_folder);

/// Draws all pictures of the designs into `folder`; calls `done` after each, so that a crash keeps
/// what was drawn. Failures are listed, never thrown.
void draw_pictures(const std::string& run_folder,
                   const std::vector<const v1::DesignReport*>& designs, const std::string& folder,
                   const std::function<void(const Media&)>& done);

/// Draws a surface that proofload-mesh has marked (VTK polydata, cell array "defect") beside it, as
/// PNG. Throws std::runtime_error.
void draw_defects(const std::string& vtp);

/// fields.vtu: appended raw, LZ4; one set of named arrays for each load case. Throws
/// std::runtime_error.
void write_fields(const DesignData& design, const std::string& path);

/// Convergence and S-N plots as SVG through gnuplot; what cannot be drawn is listed in `media`.
void draw_plots(const v1::Report& report, Media& media);

/// Text as a name of arrays and files: letters, digits, '_', '-' and '.', everything else '_'.
std::string plain_name(const std::string& text);

}  // namespace proofload::report
