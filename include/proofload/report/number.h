#pragma once
/// Numbers as text, made once, so that tables, pictures and plots cannot disagree.
#include <optional>
#include <string>

#include "proofload/v1/report.pb.h"

namespace proofload::report {

/// Digits for numbers that people gave: as many as needed, up to six, no trailing zeros.
constexpr int kAsGiven = 0;

/// `digits` significant digits (or kAsGiven), groups of three set off by thin spaces from 10 000
/// on, a power of ten from 1e6 on and below 1e-3 ("1.23 × 10⁶"). "not a number" for NaN and
/// infinities.
std::string format_number(double value, int digits = 4);

/// A whole number with thin spaces ("648 480"); numbers that are not whole are rounded.
std::string format_count(double value);

/// Unit for people: "N/mm", "mm²", "MPa"; empty for ratios. User text passes unchanged.
std::string format_unit(const std::string& unit);

/// "412.3 ± 8.6 MPa", "≥ 5.00 × 10⁶ cycles", "not computed: <reason>", error absent: "± unknown".
std::string format_quantity(const v1::Quantity& quantity);

/// "12.3 mm" or `otherwise` when the number is absent.
std::string format_optional(bool present, double value, const std::string& unit = "",
                            const std::string& otherwise = "not computed", int digits = 4);

/// "(1.2, 3.4, 5.6) mm"; empty for no point.
std::string format_point(const google::protobuf::RepeatedField<double>& point);

}  // namespace proofload::report
