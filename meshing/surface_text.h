#pragma once
/// Numbers and places in messages.
#include <cstdio>
#include <string>

#include "proofload/meshing/surface.h"

namespace proofload::meshing {

/// Four digits, without trailing zeros.
inline std::string show(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

inline std::string show(std::int64_t value) { return std::to_string(value); }

/// "(x, y, z)" in mm.
inline std::string show(const Point& p) {
  return "(" + show(p[0]) + ", " + show(p[1]) + ", " + show(p[2]) + ")";
}

/// A finding without places.
inline v1::Finding make_finding(const char* code, v1::Finding::Severity::Enum severity,
                                const std::string& body, const std::string& message) {
  v1::Finding finding;
  finding.set_code(code);
  finding.set_severity(severity);
  finding.set_body(body);
  finding.set_message(message);
  return finding;
}

inline void add_place(v1::Finding& finding, const Point& p) {
  for (const double x : p) finding.add_point_mm(x);
}

}  // namespace proofload::meshing
