#include "builders.h"
#include "proofload/core/library.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {
namespace {

Json sources(const v1::Material& material) {
  const std::map<std::string, v1::Source> sorted(material.sources().begin(),
                                                 material.sources().end());
  Json rows = Json::array();
  for (const auto& [field, source] : sorted) rows.push_back(source_row(field, source));
  return rows;
}

/// "22000 / 11300 / 9000 MPa along three axes".
std::string three(double a, double b, double c, const std::string& unit) {
  return format_number(a, kAsGiven) + " / " + format_number(b, kAsGiven) + " / " +
         format_number(c, kAsGiven) + unit;
}

std::string modulus_text(const v1::Material& m) {
  if (!m.has_orthotropic()) {
    return format_optional(m.has_youngs_modulus_mpa(), m.youngs_modulus_mpa(), "MPa", "not given",
                           kAsGiven);
  }
  const v1::Orthotropic& o = m.orthotropic();
  return three(o.e1_mpa(), o.e2_mpa(), o.e3_mpa(), " MPa along three axes; G12 / G13 / G23 ") +
         three(o.g12_mpa(), o.g13_mpa(), o.g23_mpa(), " MPa");
}

std::string poisson_text(const v1::Material& m) {
  if (!m.has_orthotropic()) {
    return format_optional(m.has_poisson_ratio(), m.poisson_ratio(), "", "not given", kAsGiven);
  }
  const v1::Orthotropic& o = m.orthotropic();
  return three(o.nu12(), o.nu13(), o.nu23(), " (12 / 13 / 23)");
}

Json material_row(const v1::Material& m) {
  return {
      {"name", m.name().empty() ? "given in the case" : m.name()},
      {"title", m.title()},
      {"condition", m.condition()},
      {"modulus", modulus_text(m)},
      {"poisson", poisson_text(m)},
      {"yield", format_optional(m.has_yield_strength_mpa(), m.yield_strength_mpa(), "MPa",
                                "not given", kAsGiven)},
      {"ultimate", format_optional(m.has_ultimate_strength_mpa(), m.ultimate_strength_mpa(), "MPa",
                                   "not given", kAsGiven)},
      {"density", format_optional(m.has_density_g_per_cm3(), m.density_g_per_cm3(), "g/cm³",
                                  "not given", kAsGiven)},
      {"findley",
       format_optional(m.has_findley_k(), m.findley_k(), "", "0.3, unconfirmed", kAsGiven)},
      {"surface", format_optional(m.has_surface_factor(), m.surface_factor(), "", "1", kAsGiven)},
      {"sources", sources(m)}};
}

Json curve_row(const v1::SnCurve& curve) {
  Json points = Json::array();
  const bool fraction = !curve.fraction_of().empty();
  const std::string unit = fraction ? "" : "MPa";
  for (int i = 0; i < curve.cycles_count_size(); ++i) {
    points.push_back({{"cycles", format_number(curve.cycles_count(i), kAsGiven)},
                      {"mean", format_optional(i < curve.mean_mpa_size(),
                                               i < curve.mean_mpa_size() ? curve.mean_mpa(i) : 0,
                                               unit, "not given", kAsGiven)},
                      {"lower", format_optional(i < curve.lower_mpa_size(),
                                                i < curve.lower_mpa_size() ? curve.lower_mpa(i) : 0,
                                                unit, "not given", kAsGiven)}});
  }
  const bool amplitude = curve.stress_measure() == v1::StressMeasure::amplitude;
  const bool maximum = curve.stress_measure() == v1::StressMeasure::maximum;
  return {{"name", curve.name()},
          {"title", curve.title()},
          {"measure", amplitude ? "amplitude"
                      : maximum ? "maximum"
                                : "not stated"},
          {"ratio", format_optional(curve.has_stress_ratio(), curve.stress_ratio(), "", "not given",
                                    kAsGiven)},
          {"fraction_of", curve.fraction_of()},
          {"points", points},
          {"run_out", format_optional(curve.has_run_out_count(), curve.run_out_count(), "cycles",
                                      "not given", kAsGiven)},
          {"confidence", to_text(curve.confidence())},
          {"basis", curve.lower_basis()},
          {"source", Json::array({source_row(curve.name(), curve.source())})}};
}

}  // namespace

Json build_materials(const v1::Report& report, const Media&) {
  Json materials = Json::array(), curves = Json::array();
  for (const v1::Material& material : report.materials())
    materials.push_back(material_row(material));
  for (const v1::SnCurve& curve : report.sn_curves()) curves.push_back(curve_row(curve));
  return {{"materials", materials}, {"curves", curves}};
}

}  // namespace proofload::report
