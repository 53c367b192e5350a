#pragma once
/// Rules of meaning, one function for each part of a case. Each appends all problems it finds.
#include <functional>
#include <string>
#include <vector>

#include "proofload/core/case_reader.h"
#include "proofload/core/library.h"

namespace proofload {

void check_bodies(const CaseText& text, const Library& library, const std::string& folder,
                  std::vector<Problem>& problems);
/// Appends a problem at a field: field, code, message, remedy.
using AddProblem = std::function<void(const std::string&, const std::string&, const std::string&,
                                      const std::string&)>;
void check_modulus_field(const v1::ModulusField& field, const Library& library,
                         const AddProblem& add);

/// Regions inside bodies, and lattices.
void check_regions(const CaseText& text, const Library& library, std::vector<Problem>& problems);
/// The oversized variant.
void check_oversize(const CaseText& text, std::vector<Problem>& problems);
/// A material that names none of the library gives its elastic constants.
void check_material(const CaseText& text, const Library& library, const v1::Material& material,
                    const std::string& path, std::vector<Problem>& problems);
void check_places(const CaseText& text, std::vector<Problem>& problems);
/// Supports and loads.
void check_kinematics(const CaseText& text, std::vector<Problem>& problems);
/// Analyses, designs, probes, criteria, accuracy.
void check_requests(const CaseText& text, std::vector<Problem>& problems);

}  // namespace proofload
