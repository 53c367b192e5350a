#include "proofload/report/number.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace proofload::report {
namespace {

constexpr const char* kThinSpace = "\u202f";
constexpr const char* kMinus = "\u2212";

std::string printed(double value, int decimals) {
  char text[400];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string superscript(int exponent) {
  static const char* const kDigits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "⁻" : "";
  for (const char digit : std::to_string(std::abs(exponent))) text += kDigits[digit - '0'];
  return text;
}

int exponent_of(double value) {
  return value == 0 ? 0 : static_cast<int>(std::floor(std::log10(std::abs(value))));
}

/// Exponent after rounding to `digits`: 9999.6 with four digits is 1.000e4.
int rounded_exponent(double value, int digits) {
  if (value == 0) return 0;
  char text[64];
  std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
  return std::atoi(std::string(text).substr(std::string(text).find('e') + 1).c_str());
}

/// Sign and thin spaces for a plain decimal number.
std::string grouped(std::string text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.erase(0, 1);
  const auto point = std::min(text.find('.'), text.size());
  if (point > 4) {
    for (auto at = static_cast<int>(point) - 3; at > 0; at -= 3) text.insert(at, kThinSpace);
  }
  const bool zero = text.find_first_of("123456789") == std::string::npos;
  return negative && !zero ? kMinus + text : text;
}

std::string fixed_digits(double value, int digits) {
  const int decimals = std::max(0, digits - 1 - rounded_exponent(value, digits));
  return grouped(printed(value, std::min(decimals, 12)));
}

bool wants_power(double value, int digits) {
  const int exponent = rounded_exponent(value, digits);
  return value != 0 && (exponent >= 6 || exponent < -3);
}

/// "1.50000 × 10⁶" -> "1.5 × 10⁶"
std::string without_trailing_zeros(std::string text) {
  const auto point = text.find('.');
  if (point == std::string::npos) return text;
  auto end = std::min(text.find(" ×"), text.size());
  const auto last = text.find_last_not_of('0', end - 1);
  const auto keep = text[last] == '.' ? last : last + 1;
  return text.erase(keep, end - keep);
}

}  // namespace

std::string format_number(double value, int digits) {
  if (!std::isfinite(value)) return "not a number";
  if (digits == kAsGiven) return without_trailing_zeros(format_number(value, 6));
  if (value == 0) return "0";
  if (!wants_power(value, digits)) return fixed_digits(value, digits);
  const int exponent = rounded_exponent(value, digits);
  return grouped(printed(value * std::pow(10.0, -exponent), digits - 1)) + " × 10" +
         superscript(exponent);
}

std::string format_count(double value) {
  if (!std::isfinite(value)) return "not a number";
  return grouped(printed(std::round(value), 0));
}

std::string format_unit(const std::string& unit) {
  static const std::map<std::string, std::string> kUnits = {
      {"1", ""},       {"ratio", ""},      {"mm2", "mm²"},  {"mm3", "mm³"},       {"mm4", "mm⁴"},
      {"Nmm", "N·mm"}, {"N/mm3", "N/mm³"}, {"nmm", "N·mm"}, {"n_per_mm", "N/mm"}, {"N*mm", "N·mm"},
      {"count", ""},   {"n", "N"},         {"mpa", "MPa"}};
  const auto found = kUnits.find(unit);
  return found == kUnits.end() ? unit : found->second;
}

std::string format_quantity(const v1::Quantity& quantity) {
  if (!quantity.has_value()) {
    return "not computed: " + (quantity.reason().empty() ? "no reason given" : quantity.reason());
  }
  const double value = quantity.value();
  if (!std::isfinite(value)) return "not computed: not a number";
  std::string prefix;
  if (quantity.bound() == v1::Bound::AT_LEAST) prefix = "≥ ";
  if (quantity.bound() == v1::Bound::AT_MOST) prefix = "≤ ";
  const std::string unit = format_unit(quantity.unit());
  const std::string tail = unit.empty() ? "" : std::string(kThinSpace) + unit;
  if (!quantity.has_numerical_error()) return prefix + format_number(value) + tail;
  const double error = std::abs(quantity.numerical_error());
  if (!std::isfinite(error)) return prefix + format_number(value) + " ± unknown" + tail;
  if (!wants_power(value, 4)) {
    const std::string both = format_number(value) + " ± " + format_number(error, 2);
    return prefix + (unit.empty() ? both : both + tail);
  }
  const int exponent = exponent_of(value);
  const double scale = std::pow(10.0, -exponent);
  return prefix + "(" + format_number(value * scale) + " ± " + format_number(error * scale, 2) +
         ") × 10" + superscript(exponent) + tail;
}

std::string format_optional(bool present, double value, const std::string& unit,
                            const std::string& otherwise, int digits) {
  if (!present || !std::isfinite(value)) return otherwise;
  const std::string text = format_unit(unit);
  return format_number(value, digits) + (text.empty() ? "" : kThinSpace + text);
}

std::string format_point(const google::protobuf::RepeatedField<double>& point) {
  if (point.size() < 3) return "";
  std::string text = "(";
  for (int i = 0; i < 3; ++i) {
    if (!std::isfinite(point[i])) return "";
    text += (i ? ", " : "") + grouped(printed(point[i], 2));
  }
  return text + ")" + kThinSpace + "mm";
}

}  // namespace proofload::report
