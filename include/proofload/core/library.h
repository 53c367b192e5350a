#pragma once
/// The library of materials, S-N curves, rods, loads and density laws: one YAML file each,
/// discovered.
#include <map>
#include <string>

#include "proofload/v1/case.pb.h"

namespace proofload {

struct Library {
  std::map<std::string, v1::Material> materials;
  std::map<std::string, v1::SnCurve> sn_curves;
  std::map<std::string, v1::ReferenceRodData> rods;
  std::map<std::string, v1::LoadSet> loads;
  std::map<std::string, v1::DensityLaw> density_laws;
};

/// Reads every file of `folder`/{materials,sn_curves,rods,loads,density_laws}; throws InvalidInput
/// naming file and line of all that is wrong (missing source of a number included).
Library read_library(const std::string& folder);

/// "high", "medium", "low to medium", "low" or "not stated".
std::string to_text(v1::Confidence::Enum confidence);

/// Folder of the library: $PROOFLOAD_LIBRARY, else beside the installed program, else the source
/// tree the program was built from. Throws InvalidInput when none exists.
std::string library_folder();

}  // namespace proofload
