#include "materials.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <sstream>

#include "modulus_field.h"
#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

constexpr double kTonnePerMm3 = 1e-9;  ///< of one g/cm3

Elasticity isotropic_elasticity(const v1::Body& body, std::vector<Problem>& problems) {
  const v1::Material& material = body.material();
  const double e = material.youngs_modulus_mpa(), nu = material.poisson_ratio();
  if (!material.has_youngs_modulus_mpa() || !material.has_poisson_ratio() || !(e > 0) ||
      !(nu > -1 && nu < 0.5)) {
    problems.push_back({"MATERIAL_INCOMPLETE", "bodies." + body.name() + ".material", 0, 0,
                        "Young's modulus above 0 and Poisson's ratio in (-1, 0.5) are needed",
                        "give youngs_modulus_mpa and poisson_ratio"});
    return {};
  }
  Elasticity result;
  result.lambda = e * nu / ((1 + nu) * (1 - 2 * nu));
  result.mu = e / (2 * (1 + nu));
  return result;
}

/// Every strain stores energy; what fails is named where the case is read (core).
bool is_positive(const StiffnessMatrix& stiffness) {
  if (!stiffness.allFinite()) return false;
  const Eigen::SelfAdjointEigenSolver<StiffnessMatrix> eigen(stiffness, Eigen::EigenvaluesOnly);
  return eigen.eigenvalues()[0] > 0;
}

Elasticity elasticity_of(const v1::Body& body, std::vector<Problem>& problems) {
  const double density = kTonnePerMm3 * body.material().density_g_per_cm3();
  if (!body.material().has_orthotropic()) {
    Elasticity result = isotropic_elasticity(body, problems);
    result.density = density;
    return result;
  }
  const Elasticity result = orthotropic_elasticity(body.material().orthotropic(), density);
  if (!is_positive(result.stiffness)) {
    problems.push_back({"NOT_POSITIVE_DEFINITE", "bodies." + body.name() + ".material.orthotropic",
                        0, 0, "with these constants some strains would store no energy",
                        "check moduli and Poisson's ratios"});
  }
  return result;
}

const v1::Body* find_body(const v1::Case& value, const std::string& name) {
  const auto found = std::find_if(value.bodies().begin(), value.bodies().end(),
                                  [&](const v1::Body& b) { return b.name() == name; });
  return found == value.bodies().end() ? nullptr : &*found;
}

std::vector<Elasticity> elasticities(const v1::Case& value, const MeshPart& part) {
  std::vector<Elasticity> result;
  std::vector<Problem> problems;
  for (const std::string& name : part.body_names) {
    if (const v1::Body* body = find_body(value, name)) {
      result.push_back(elasticity_of(*body, problems));
    } else {
      problems.push_back({"UNKNOWN_BODY", "bodies", 0, 0,
                          "the mesh has a body '" + name + "' that the case has not",
                          "mesh the case again"});
    }
  }
  if (!problems.empty()) throw InvalidInput(problems);
  return result;
}

/// The modulus that the field replaces: the greatest of the material.
double reference_modulus(const v1::Material& material) {
  if (!material.has_orthotropic()) return material.youngs_modulus_mpa();
  const v1::Orthotropic& m = material.orthotropic();
  return std::max({m.e1_mpa(), m.e2_mpa(), m.e3_mpa()});
}

Eigen::Vector3d centre_of(const MeshPart& part, std::int32_t cell) {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  for (int v = 0; v < 4; ++v) sum += node_point(part, part.cells[10ul * cell + v]);
  return sum / 4;
}

[[noreturn]] void refuse_modulus(const std::string& body, const Eigen::Vector3d& at, double value) {
  std::ostringstream text;
  text << "the modulus of body '" << body << "' is " << value << " MPa at (" << at[0] << ", "
       << at[1] << ", " << at[2] << ") mm";
  throw InvalidInput({{"MODULUS_NOT_POSITIVE", "bodies." + body + ".modulus_field", 0, 0,
                       text.str(), "give a field whose moduli are above 0 in the whole body"}});
}

/// Factors of the cells of one body. Returns how many of them lie outside the law's densities.
double add_field(const v1::Body& body, std::int32_t index, Model& model) {
  const MeshPart& part = *model.mesh;
  const ModulusField field(body.modulus_field());
  const double reference = reference_modulus(body.material());
  double outside = 0;
  on_all_ranks(part.comm, [&] {
    for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
      if (part.cell_body[cell] != index) continue;
      const Eigen::Vector3d at = centre_of(part, cell);
      const ModulusField::Value value = field.at(at);
      if (!std::isfinite(value.modulus_mpa) || !(value.modulus_mpa > 0)) {
        refuse_modulus(body.name(), at, value.modulus_mpa);
      }
      model.cell_factor[cell] = value.modulus_mpa / reference;
      outside += value.within_law ? 0 : 1;
    }
  });
  return sum_over_ranks(part.comm, outside);
}

}  // namespace

void add_materials(const v1::Case& value, Model& model) {
  model.elasticity = elasticities(value, *model.mesh);
  for (std::size_t i = 0; i < model.elasticity.size(); ++i) {
    const v1::Body& body = *find_body(value, model.mesh->body_names[i]);
    if (!body.has_modulus_field()) continue;
    if (model.cell_factor.empty()) model.cell_factor.assign(model.mesh->n_cells(), 1.0);
    const double outside = add_field(body, static_cast<std::int32_t>(i), model);
    if (outside == 0) continue;
    std::ostringstream text;
    text << "the density of " << outside << " cells of body '" << body.name()
         << "' lies outside the tests behind the law";
    if (!body.modulus_field().law().name().empty()) {
      text << " " << body.modulus_field().law().name();
    }
    model.doubts.push_back(text.str());
  }
}

}  // namespace proofload::solver
