#include "assembled_cell.h"

#include <dlfcn.h>

#include <Eigen/Dense>
#include <filesystem>
#include <stdexcept>

#include "../reference_cell/reference_cell.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

/// The module beside the running program; it stays loaded.
std::string module_path() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() /
          "proofload-reference-cell.so")
      .string();
}

ProofloadReferenceCell load_reference_cell() {
  void* module = dlopen(module_path().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!module) throw std::runtime_error(std::string("the assembled path: ") + dlerror());
  const auto fill = reinterpret_cast<decltype(&proofload_reference_cell)>(
      dlsym(module, "proofload_reference_cell"));
  if (!fill) throw std::runtime_error(std::string("the assembled path: ") + dlerror());
  ProofloadReferenceCell cell;
  if (const char* wrong = fill(&cell)) throw std::runtime_error(wrong);
  return cell;
}

}  // namespace

ReferenceCell::ReferenceCell() {
  static const ProofloadReferenceCell cell = load_reference_cell();
  for (int q = 0; q < 4; ++q) {
    gradients_.push_back(
        Eigen::Map<const Eigen::Matrix<double, 10, 3, Eigen::RowMajor>>(&cell.gradients[q][0][0]));
    weights_.push_back(cell.weights[q]);
  }
}

CellMatrix ReferenceCell::stiffness(const MeshPart& part, std::int32_t cell,
                                    const Elasticity& material) const {
  Eigen::Matrix<double, 3, 10> x;
  for (int i = 0; i < 10; ++i) {
    x.col(i) = node_point(part, part.cells[10 * static_cast<std::size_t>(cell) + i]);
  }
  CellMatrix stiffness = CellMatrix::Zero();
  for (std::size_t q = 0; q < weights_.size(); ++q) {
    const Eigen::Matrix3d jacobian = x * gradients_[q];
    const double determinant = jacobian.determinant();
    if (!(determinant > 0)) fail_inside_out(part, cell);
    const Gradients g = gradients_[q] * jacobian.inverse();
    const double volume = weights_[q] * determinant;
    for (int i = 0; i < 10; ++i) {
      for (int j = 0; j < 10; ++j) {
        const Eigen::Vector3d gi = g.row(i), gj = g.row(j);
        if (material.orthotropic) {
          stiffness.block<3, 3>(3 * i, 3 * j) +=
              volume * strains_of(gi).transpose() * material.stiffness * strains_of(gj);
          continue;
        }
        stiffness.block<3, 3>(3 * i, 3 * j) +=
            volume * (material.lambda * gi * gj.transpose() + material.mu * gj * gi.transpose() +
                      material.mu * gi.dot(gj) * Eigen::Matrix3d::Identity());
      }
    }
  }
  return stiffness;
}

FaceMatrix foundation_stiffness(const MeshPart& part, const FoundationFace& face) {
  FaceMatrix stiffness = FaceMatrix::Zero();
  for (const FacePoint& p : face_points(part, face.nodes.data())) {
    const double area = p.area.norm();
    const Eigen::Vector3d n = p.area / area;
    const Eigen::Matrix3d nn = n * n.transpose();
    const Eigen::Matrix3d k =
        area * (face.normal_n_per_mm3 * nn +
                face.tangential_n_per_mm3 * (Eigen::Matrix3d::Identity() - nn));
    for (int i = 0; i < 6; ++i) {
      for (int j = 0; j < 6; ++j) {
        stiffness.block<3, 3>(3 * i, 3 * j) += p.shape[i] * p.shape[j] * k;
      }
    }
  }
  return stiffness;
}

void add_stiffness(const Model& model, const KinematicSet* set, const std::vector<double>& u,
                   std::vector<double>& y) {
  const MeshPart& part = *model.mesh;
  const ReferenceCell reference;
  Eigen::Matrix<double, 30, 1> local;
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const std::int32_t* nodes = &part.cells[10 * static_cast<std::size_t>(cell)];
    for (int i = 0; i < 10; ++i) local.segment<3>(3 * i) = at_node(u, nodes[i]);
    const CellMatrix k = reference.stiffness(part, cell, model.material_of(cell));
    const Eigen::Matrix<double, 30, 1> force = k * local;
    for (int i = 0; i < 10; ++i) at_node(y, nodes[i]) += force.segment<3>(3 * i);
  }
  if (!set) return;
  for (const FoundationFace& face : set->foundation) {
    Eigen::Matrix<double, 18, 1> motion;
    for (int i = 0; i < 6; ++i) motion.segment<3>(3 * i) = at_node(u, face.nodes[i]);
    const Eigen::Matrix<double, 18, 1> force = foundation_stiffness(part, face) * motion;
    for (int i = 0; i < 6; ++i) at_node(y, face.nodes[i]) += force.segment<3>(3 * i);
  }
}

void apply_stiffness_assembled(const Model& model, const std::vector<double>& u,
                               std::vector<double>& y) {
  y.assign(3 * static_cast<std::size_t>(model.mesh->n_local()), 0.0);
  on_all_ranks(model.mesh->comm, [&] { add_stiffness(model, nullptr, u, y); });
  add_to_owners(*model.mesh, y.data(), 3);
}

}  // namespace proofload::solver
