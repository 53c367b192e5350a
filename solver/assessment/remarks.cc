#include "remarks.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "assessed.h"
#include "proofload/core/library.h"
#include "proofload/core/vec3.h"
#include "refinement.h"

namespace proofload::assessment {

namespace {

std::string number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4g", value);
  return buffer;
}

template <class List, class Test>
bool any(const List& list, const Test& test) {
  return std::any_of(list.begin(), list.end(), test);
}

bool has_role(const v1::Case& value, v1::Role::Enum role) {
  return any(value.bodies(), [&](const v1::Body& body) { return body.role() == role; });
}

bool is_bone(const v1::Case& value, const std::string& name) {
  return any(value.bodies(), [&](const v1::Body& body) {
    return body.name() == name && body.role() == v1::Role::bone;
  });
}

void material_warnings(const v1::Material& material, std::vector<std::string>& out) {
  const std::string name = material.name().empty() ? "a material of the case" : material.name();
  for (const auto& [field, source] :
       std::map<std::string, v1::Source>(material.sources().begin(), material.sources().end())) {
    if (!source.confirmed()) out.push_back(name + ": " + field + " is unconfirmed");
  }
}

/// Greatest measured force of the library's load sets that is confirmed.
const v1::LoadSet* greatest_load(const Library& library) {
  const v1::LoadSet* greatest = nullptr;
  for (const auto& [name, load] : library.loads) {
    if (!load.source().confirmed() || !load.has_axial_force_n()) continue;
    if (!greatest || load.axial_force_n() > greatest->axial_force_n()) greatest = &load;
  }
  return greatest;
}

/// Greatest resultant of forces given in a load case; 0 when it has other kinds of loads.
double greatest_force(const v1::Case& value) {
  double greatest = 0;
  for (const v1::LoadCase& load_case : value.load_cases()) {
    Vec3 sum = Vec3::Zero();
    for (const v1::Load& load : load_case.loads()) {
      if (!load.has_distributed() && !load.has_rigid()) return 0;
      sum += vec3(load.has_rigid() ? load.rigid().force_n() : load.distributed().force_n());
    }
    greatest = std::max(greatest, sum.norm());
  }
  return greatest;
}

void load_warning(const RunData& run, std::vector<std::string>& out) {
  if (!has_role(run.value, v1::Role::implant)) return;
  const v1::LoadSet* measured = greatest_load(run.library);
  const double force = greatest_force(run.value);
  if (!measured || force <= 0 || force >= measured->axial_force_n()) return;
  out.push_back("the greatest force asked for is " + number(force) + " N; " +
                number(measured->axial_force_n()) + " N was measured in vivo (" +
                measured->source().citation() + ")");
}

/// "Load case 'a': text" and "Load case 'b': text" become "load case a, b: text".
std::vector<std::string> by_load_case(
    const google::protobuf::RepeatedPtrField<std::string>& warnings) {
  const std::string start = "Load case '", end = "': ";
  std::vector<std::string> order;
  std::map<std::string, std::string> cases;
  for (const std::string& warning : warnings) {
    const auto stop = warning.find(end);
    const bool named = warning.rfind(start, 0) == 0 && stop != std::string::npos;
    const std::string rest = named ? warning.substr(stop + end.size()) : warning;
    const std::string name = named ? warning.substr(start.size(), stop - start.size()) : "";
    const auto found = cases.emplace(rest, name);
    if (found.second) {
      order.push_back(rest);
    } else if (named) {
      found.first->second += ", " + name;
    }
  }
  std::vector<std::string> out;
  for (const std::string& rest : order) {
    out.push_back(cases[rest].empty() ? rest : "load case " + cases[rest] + ": " + rest);
  }
  return out;
}

/// The solver warns by Euler's estimate; a buckling analysis knows better.
void buckling_warnings(const DesignData& design, const LevelData& finest,
                       std::vector<std::string>& out) {
  std::set<std::string> said;  // modes of one load case come lowest first
  for (const v1::Quantity& q : finest.solve.quantities()) {
    if (q.name() != "buckling_load_factor" || !(q.value() > 0) || q.value() >= 10) continue;
    if (!said.insert(q.load_case()).second) continue;
    const double ratio = 1 / q.value();
    out.push_back("design " + design.name + ", load case " + q.load_case() + ": P/Pcr " +
                  number(ratio) + " by buckling analysis, linear results are too small by about " +
                  (ratio < 1 ? number(1 / (1 - ratio)) + " times" : "any factor: it buckles"));
  }
}

void mesh_warnings(const DesignData& design, const LevelData& level,
                   std::vector<std::string>& out) {
  for (const v1::Finding& finding : level.mesh.findings()) {
    if (finding.severity() == v1::Finding::Severity::NOTE) continue;
    const std::string of = finding.body().empty() ? ", mesh: " : ", " + finding.body() + ": ";
    out.push_back("design " + design.name + of + finding.code() + " " + finding.message());
  }
  if (level.mesh.straightened_count() > 0) {
    out.push_back("design " + design.name + ": " + number(level.mesh.straightened_count()) +
                  " curved edges had to be straightened, greatest loss " +
                  number(level.mesh.straightened_loss_mm()) + " mm");
  }
}

/// Cells that did not fall by the ratio that levels should keep; the error formula uses the true
/// one.
void level_warnings(const DesignData& design, std::vector<std::string>& out) {
  const auto levels = design.solved();
  for (const v1::Body& body : design.value.bodies()) {
    const std::vector<double> ratios = level_ratios(levels, body.name());
    for (std::size_t i = 0; i < ratios.size(); ++i) {
      if (!(ratios[i] < kLevelRatio * (1 - 1e-6))) continue;
      out.push_back("design " + design.name + ": cells of " + body.name() + " fell by " +
                    number(ratios[i]) + " only from level " + number(levels[i]->number) + " to " +
                    number(levels[i + 1]->number) + "; the error is told from that ratio");
    }
  }
}

void keep_once(std::vector<std::string>& list) {
  std::set<std::string> seen;
  list.erase(std::remove_if(list.begin(), list.end(),
                            [&](const std::string& one) { return !seen.insert(one).second; }),
             list.end());
}

}  // namespace

std::vector<std::string> limitations_of(const RunData& run, const std::set<std::string>& curves) {
  const v1::Case& value = run.value;
  std::vector<std::string> out;
  out.push_back("linear elastic materials, small displacements: no plasticity, no contact opening");
  std::string ingrown, apart;
  for (const v1::Interface& joint : value.interfaces()) {
    if (joint.between_size() != 2) continue;
    const std::string pair = joint.between(0) + "|" + joint.between(1);
    const bool bone = is_bone(value, joint.between(0)) != is_bone(value, joint.between(1));
    if (joint.kind() == v1::Interface::Kind::bonded && bone) ingrown += " " + pair;
    if (joint.kind() == v1::Interface::Kind::separate) apart += " " + pair;
  }
  if (!ingrown.empty()) {
    out.push_back("bonded interfaces of bone: assumes ingrowth (" + ingrown.substr(1) + ")");
  }
  if (!apart.empty()) {
    out.push_back("separate interfaces: no bond, no contact (" + apart.substr(1) + ")");
  }
  if (has_role(value, v1::Role::screw) ||
      any(value.bodies(), [](const v1::Body& body) { return body.shape().has_screw(); })) {
    out.push_back("screws: threads are not modelled");
  }
  if (has_role(value, v1::Role::bone)) {
    const bool turned = any(value.bodies(), [](const v1::Body& body) {
      return body.role() == v1::Role::bone && body.material().has_orthotropic();
    });
    out.push_back(std::string("bone: ") + (turned ? "" : "isotropic, ") +
                  "no failure, no remodelling");
  }
  for (const v1::Body& body : value.bodies()) {
    if (!body.has_modulus_field()) continue;
    const std::string& law = body.modulus_field().law().name();
    out.push_back("stiffness of " + body.name() + " varies in space, one modulus for each cell" +
                  (law.empty() ? "" : ", by the law " + law));
  }
  if (has_role(value, v1::Role::porous)) {
    out.push_back("porous parts: homogenised, struts are not modelled");
  }
  if (value.analyses().has_fatigue()) {
    out.push_back(
        "fatigue: no residual stress, no defects beyond those of the test specimens, no size "
        "effect, no body fluid, damage adds up linearly");
    if (value.analyses().fatigue().away_from_edges_mm() > 0) {
      out.push_back(
          "fatigue away from edges says nothing of what lies nearer to the edge of a support, load "
          "or interface than the distance stated");
    }
    if (value.analyses().fatigue().line() == v1::FatigueAnalysis::SnLine::mean) {
      out.push_back("fatigue: the median line is used; half of the specimens break earlier");
    }
  } else {
    out.push_back("fatigue: not asked for");
  }
  for (const std::string& name : curves) {
    const auto found = run.library.sn_curves.find(name);
    if (found == run.library.sn_curves.end()) continue;
    const v1::SnCurve& curve = found->second;
    if (curve.confidence() == v1::Confidence::low ||
        curve.confidence() == v1::Confidence::low_medium) {
      out.push_back("S-N curve " + name + ": indicative only (confidence " +
                    to_text(curve.confidence()) + ")");
    }
  }
  return out;
}

std::vector<std::string> warnings_of(const RunData& run) {
  std::vector<std::string> out;
  for (const DesignData& design : run.designs) {
    const LevelData* finest = design.finest();
    if (!finest) continue;
    for (const std::string& warning : by_load_case(finest->solve.warnings())) {
      out.push_back("design " + design.name + ": " + warning);
    }
    buckling_warnings(design, *finest, out);
    level_warnings(design, out);
    mesh_warnings(design, *finest, out);
  }
  for (const v1::Material& material : materials_of(run)) material_warnings(material, out);
  load_warning(run, out);
  keep_once(out);
  return out;
}

std::vector<v1::Material> materials_of(const RunData& run) {
  std::vector<v1::Material> out;
  std::set<std::string> seen;
  for (const DesignData& design : run.designs) {
    for (const v1::Body& body : design.value.bodies()) {
      v1::Material material = body.material();
      if (material.title().empty() && material.name().empty()) {
        material.set_title("given in the case for " + body.name());
      }
      if (seen.insert(material.name() + "|" + material.title()).second) out.push_back(material);
    }
  }
  return out;
}

v1::DesignReport report_of(const DesignData& design) {
  v1::DesignReport out;
  out.set_name(design.name);
  out.set_kind(to_string(design.kind));
  out.set_reason(design.failure);
  for (const LevelData& level : design.levels) {
    v1::LevelReport& one = *out.add_levels();
    one.set_level(level.number);
    one.set_decision(level.failure.empty() ? level.decision : "failed: " + level.failure);
    if (level.meshed) {
      *one.mutable_mesh() = level.mesh;
      if (level.mesh.has_cells_count()) one.set_cells_count(level.mesh.cells_count());
      if (level.mesh.has_element_size_mm()) one.set_element_size_mm(level.mesh.element_size_mm());
      if (level.mesh.has_seconds()) one.set_mesh_seconds(level.mesh.seconds());
    }
    double memory = level.mesh.peak_memory_mb();
    if (level.solved) {
      *one.mutable_solves() = level.solve.solves();
      for (v1::SolveFacts& solve : *one.mutable_solves()) {
        if (!std::isfinite(solve.residual())) solve.clear_residual();
        if (!std::isfinite(solve.imbalance())) solve.clear_imbalance();
      }
      if (level.solve.has_unknowns_count()) one.set_unknowns_count(level.solve.unknowns_count());
      if (level.solve.has_seconds()) one.set_solve_seconds(level.solve.seconds());
      memory = std::max(memory, level.solve.peak_memory_mb());
    }
    if (memory > 0) one.set_peak_memory_mb(memory);
  }
  return out;
}

}  // namespace proofload::assessment
