#include "proofload/core/library.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "proofload/core/json.h"
#include "proofload/core/problem.h"
#include "terminal.h"

namespace proofload::client {

namespace {

std::string facts(const v1::Material& material) {
  std::string text;
  if (material.has_youngs_modulus_mpa())
    text += "E " + number(material.youngs_modulus_mpa()) + " MPa";
  if (material.has_poisson_ratio()) text += ", nu " + number(material.poisson_ratio());
  if (material.has_yield_strength_mpa()) {
    text += ", yield " + number(material.yield_strength_mpa()) + " MPa";
  }
  if (material.sn_curves_size() > 0) {
    text += ", " + std::to_string(material.sn_curves_size()) + " S-N curve(s)";
  }
  return text;
}

std::string facts(const v1::ReferenceRodData& rod) {
  return "diameter " + number(rod.diameter_mm()) + " mm, " + rod.material();
}

std::string facts(const v1::LoadSet& load) {
  std::string text;
  if (load.has_axial_force_n()) text += "axial " + number(load.axial_force_n()) + " N ";
  if (load.has_moment_nmm()) text += "moment " + number(load.moment_nmm()) + " Nmm ";
  if (load.has_cycles_count()) text += number(load.cycles_count()) + " cycles";
  return text;
}

template <class Entry>
int show(const std::map<std::string, Entry>& entries, const std::string& name, bool json) {
  if (!name.empty() && entries.count(name) == 0) {
    throw InvalidInput({{"UNKNOWN_NAME", name, 0, 0, "the library has no entry of this name",
                         "leave the name out to see them all"}});
  }
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const auto& [key, entry] : entries) {
    if (!name.empty() && key != name) continue;
    if (json || !name.empty()) {
      all.push_back(nlohmann::ordered_json::parse(to_json(entry)));
    } else {
      std::printf("%-34s %s\n%-34s %s\n", key.c_str(), entry.title().c_str(), "",
                  facts(entry).c_str());
    }
  }
  if (!all.empty()) std::printf("%s\n", (name.empty() ? all : all.front()).dump(1).c_str());
  return kPass;
}

}  // namespace

int show_library(const std::string& kind, const std::string& name, bool json) {
  const Library library = read_library(library_folder());
  if (kind == "materials") return show(library.materials, name, json);
  if (kind == "rods") return show(library.rods, name, json);
  return show(library.loads, name, json);
}

}  // namespace proofload::client
