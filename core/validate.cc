#include "proofload/core/validate.h"

#include <cmath>
#include <filesystem>

#include "case_rules.h"
#include "name_rules.h"
#include "proofload/core/oversize.h"
#include "proofload/core/regions.h"

namespace proofload {

std::vector<Problem> validate(const CaseText& text, const Library& library,
                              const std::string& folder) {
  std::vector<Problem> problems = text.problems;
  if (!text.value.schema().empty() && text.value.schema() != "proofload/v1") {
    problems.push_back(problem_at(text, "UNKNOWN_SCHEMA", "schema",
                                  "\"" + text.value.schema() + "\" is not known to this version",
                                  "write schema: proofload/v1"));
  }
  check_field_rules(text.value, "", text.positions, problems);
  check_names(text, known_names(text.value, library), problems);
  check_bodies(text, library, folder, problems);
  check_regions(text, library, problems);
  check_places(text, problems);
  check_kinematics(text, problems);
  check_requests(text, problems);
  check_oversize(text, problems);
  return problems;
}

v1::Case resolve(const v1::Case& value, const Library& library) {
  v1::Case resolved = value;
  const auto fill_material = [&](v1::Material& target) {
    const auto found = library.materials.find(target.name());
    if (found == library.materials.end()) return;
    v1::Material material = found->second;
    const v1::Material given = target;
    if (given.sn_curves_size() > 0) material.clear_sn_curves();
    material.MergeFrom(given);
    if (given.has_orthotropic()) {
      material.clear_youngs_modulus_mpa();
      material.clear_poisson_ratio();
      material.mutable_sources()->erase("youngs_modulus_mpa");
      material.mutable_sources()->erase("poisson_ratio");
    }
    // A number the case replaces no longer has the library's source.
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    given.GetReflection()->ListFields(given, &fields);
    for (const auto* field : fields) {
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_DOUBLE &&
          !given.sources().count(field->name())) {
        v1::Source& source = (*material.mutable_sources())[field->name()];
        source.set_citation("given in the case");
        source.set_confirmed(true);
        source.clear_note();
      }
    }
    target = material;
  };
  const auto fill = [&](v1::Body& body) {
    const auto law = library.density_laws.find(body.modulus_field().law().name());
    if (law != library.density_laws.end()) {
      *body.mutable_modulus_field()->mutable_law() = law->second;
    }
    if (body.lattice().has_replace()) {
      *body.mutable_material() = body.lattice().replace().material();
    }
    fill_material(*body.mutable_material());
    for (v1::Region& region : *body.mutable_regions()) fill_material(*region.mutable_material());
  };
  for (v1::Body& body : *resolved.mutable_bodies()) fill(body);
  for (v1::Body& body : *resolved.mutable_designs()->mutable_construct()->mutable_bodies()) {
    fill(body);
  }
  apply_oversize(resolved);
  expand_regions(resolved);
  if (!value.has_designs())
    resolved.clear_designs();
  else if (!value.designs().has_construct())
    resolved.mutable_designs()->clear_construct();
  return resolved;
}

}  // namespace proofload
