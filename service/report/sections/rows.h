#pragma once
/// Rows that several sections share.
#include <string>
#include <vector>

#include "proofload/report/page.h"

namespace proofload::report {

/// Title of a standard quantity for people ("Yield safety factor"); probes keep their own name.
std::string quantity_title(const std::string& name);

/// Title of a design: its name, and what it is.
std::string design_title(const v1::Report& report, const std::string& name);

/// True for fatigue_… quantities: they have a section of their own.
bool is_fatigue(const v1::Quantity& quantity);

/// {title, design, load_case, body, value, place, level, method, note, flagged}
Json quantity_row(const v1::Quantity& quantity);

/// {uri, caption} of every picture that `wanted` accepts; a file that cannot be read is left out
/// (its absence stands among the problems of the media).
template <class Wanted>
Json picture_list(const Media& media, Wanted wanted);

/// PNG or SVG file as data URI; empty when it cannot be read.
std::string data_uri(const std::string& path);

/// List of plain texts.
Json text_list(const google::protobuf::RepeatedPtrField<std::string>& texts);

/// "0.2 %"-style source line: citation, note and "unconfirmed" mark.
Json source_row(const std::string& what, const v1::Source& source);

/// Formats a relative number such as a residual ("3.1 × 10⁻⁹").
std::string small_number(bool present, double value);

template <class Wanted>
Json picture_list(const Media& media, Wanted wanted) {
  Json list = Json::array();
  for (const Picture& picture : media.pictures) {
    if (!wanted(picture)) continue;
    const std::string uri = data_uri(media.folder + "/" + picture.file);
    if (!uri.empty()) list.push_back({{"uri", uri}, {"caption", picture.caption}});
  }
  return list;
}

}  // namespace proofload::report
