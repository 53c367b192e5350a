#include <cmath>
#include <cstdio>

#include "case_rules.h"
#include "name_rules.h"
#include "proofload/core/vec3.h"

namespace proofload {

namespace {

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

/// Every strain must store energy: the conditions on nine constants (Lempriere 1968,
/// doi 10.2514/3.4974), each named with its numbers.
void check_positive(const v1::Orthotropic& m, const AddProblem& add) {
  const auto ratio = [&](const std::string& pair, double nu, double along, double across) {
    if (nu * nu < along / across) return;
    const std::string one(1, pair[0]), two(1, pair[1]);
    add("orthotropic.nu" + pair, "NOT_POSITIVE_DEFINITE",
        "nu" + pair + "^2 = " + text(nu * nu) + " is not below e" + one + " / e" + two + " = " +
            text(along / across) + ": some strains would store no energy",
        "nu" + pair + " is the contraction along axis " + two + " under a pull along axis " + one +
            "; the other way round it is nu" + pair + " e" + two + " / e" + one);
  };
  ratio("12", m.nu12(), m.e1_mpa(), m.e2_mpa());
  ratio("13", m.nu13(), m.e1_mpa(), m.e3_mpa());
  ratio("23", m.nu23(), m.e2_mpa(), m.e3_mpa());
  const double left = 1 - m.nu12() * m.nu12() * m.e2_mpa() / m.e1_mpa() -
                      m.nu13() * m.nu13() * m.e3_mpa() / m.e1_mpa() -
                      m.nu23() * m.nu23() * m.e3_mpa() / m.e2_mpa() -
                      2 * m.nu12() * m.nu23() * m.nu13() * m.e3_mpa() / m.e1_mpa();
  if (left > 0) return;
  add("orthotropic", "NOT_POSITIVE_DEFINITE",
      "1 - nu12^2 e2/e1 - nu13^2 e3/e1 - nu23^2 e3/e2 - 2 nu12 nu23 nu13 e3/e1 = " + text(left) +
          " is not above 0: some strains would store no energy",
      "check the three Poisson's ratios, and which modulus belongs to which axis");
}

void check_axes(const v1::Orthotropic& m, const AddProblem& add) {
  const Vec3 first = vec3(m.axis_1(), Vec3::UnitX()), second = vec3(m.axis_2(), Vec3::UnitY());
  if (first.cross(second).norm() > 1e-6 * first.norm() * second.norm()) return;
  add("orthotropic.axis_1", "ZERO_DIRECTION",
      "axis_1 and axis_2 point the same way, or one of them has no length",
      "give two directions that span a plane");
}

/// What is missing altogether is said by the rules of the fields.
bool is_complete(const v1::Orthotropic& m) {
  return m.has_nu12() && m.has_nu13() && m.has_nu23() && m.e1_mpa() > 0 && m.e2_mpa() > 0 &&
         m.e3_mpa() > 0;
}

void check_orthotropic(const v1::Material& material, const AddProblem& add) {
  const v1::Orthotropic& m = material.orthotropic();
  if (material.has_youngs_modulus_mpa() || material.has_poisson_ratio()) {
    add("", "TOO_MANY", "orthotropic constants stand beside youngs_modulus_mpa or poisson_ratio",
        "give the nine constants, or the two");
  }
  check_axes(m, add);
  if (is_complete(m)) check_positive(m, add);
}

void check_law(const v1::DensityLaw& law, const Library& library, const AddProblem& add) {
  if (!law.name().empty()) {
    if (!library.density_laws.count(law.name()) ||
        !(law.has_coefficient_mpa() || law.has_exponent() || law.has_constant_mpa())) {
      return;
    }
    add("modulus_field.law", "TOO_MANY", "a law of the library stands with numbers beside it",
        "name a law, or leave the name out and give coefficient_mpa and exponent");
    return;
  }
  if (!law.has_coefficient_mpa() || !law.has_exponent()) {
    add("modulus_field.law", "MISSING", "the law has no coefficient_mpa or no exponent",
        "name a law of the library, or give both");
  }
}

}  // namespace

void check_material(const CaseText& text, const Library& library, const v1::Material& material,
                    const std::string& path, std::vector<Problem>& problems) {
  const AddProblem add = [&](const std::string& field, const std::string& code,
                             const std::string& message, const std::string& remedy) {
    const std::string at = field.empty() ? path : path + "." + field;
    // What could not be read was said already.
    if (code == "MISSING" && text.positions.count(at)) return;
    problems.push_back(problem_at(text, code, at, message, remedy));
  };
  if (material.has_orthotropic()) {
    check_orthotropic(material, add);
    return;
  }
  if (library.materials.count(material.name()) || !material.name().empty()) return;
  if (!material.has_youngs_modulus_mpa()) {
    add("youngs_modulus_mpa", "MISSING", "\"youngs_modulus_mpa\" is missing",
        "name a material of the library (proofload materials), or give youngs_modulus_mpa");
  }
  if (!material.has_poisson_ratio()) {
    add("poisson_ratio", "MISSING", "\"poisson_ratio\" is missing",
        "name a material of the library (proofload materials), or give poisson_ratio");
  }
}

void check_modulus_field(const v1::ModulusField& field, const Library& library,
                         const AddProblem& add) {
  if (field.has_value() == (field.values_size() > 0)) {
    add("modulus_field", field.has_value() ? "TOO_MANY" : "MISSING",
        "a field is either linear (value, gradient_per_mm) or given at points (points_mm, values)",
        "give one of value and values");
  }
  if (field.points_mm_size() != 3 * field.values_size()) {
    add("modulus_field.values", "WRONG_COUNT",
        std::to_string(field.values_size()) + " values for " +
            std::to_string(field.points_mm_size()) + " coordinates",
        "give three coordinates for each value");
  }
  if (field.has_law()) check_law(field.law(), library, add);
}

}  // namespace proofload
