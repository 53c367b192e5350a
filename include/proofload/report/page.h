#pragma once
/// report.html: one file, no script, no network, every user text escaped.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "proofload/v1/report.pb.h"

namespace proofload::report {

/// An image of the report. `kind`: "overview", "load_case", "close_up", "mesh", "loads", "buckling",
/// "plot".
struct Picture {
  std::string kind;
  std::string design;
  std::string load_case;  ///< empty: of the whole design
  std::string file;       ///< file name under report/pictures
  std::string caption;    ///< what is drawn, in a sentence: the alternative text too
};

/// What goes into the page besides the report itself.
struct Media {
  std::vector<Picture> pictures;
  std::string folder;                 ///< where the picture files lie
  std::vector<std::string> problems;  ///< pictures that could not be drawn, and why
};

using Json = nlohmann::json;

/// A part of the page: its model is filled from the report, its text is a mustache template.
struct Section {
  const char* id;     ///< also the template's name, sections/<id>.mustache
  const char* title;  ///< heading
  Json (*build)(const v1::Report& report, const Media& media);
};

/// All sections in the order of the page.
const std::vector<Section>& sections();

/// Template compiled in; throws std::logic_error for an unknown name.
const std::string& template_text(const std::string& name);

/// One section as HTML. Throws std::logic_error when its template is malformed.
std::string render_section(const Section& section, const v1::Report& report, const Media& media);

/// The whole page. Throws NumericalFailure (REPORT_INCONSISTENT) for a verdict PASS with a
/// criterion that is not met, or with none: such a page must not exist.
std::string render_page(const v1::Report& report, const Media& media);

}  // namespace proofload::report
