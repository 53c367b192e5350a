#pragma once
/// One function for each section; the table is in sections.cc.
#include "proofload/report/page.h"

namespace proofload::report {

Json build_summary(const v1::Report& report, const Media& media);
Json build_context(const v1::Report& report, const Media& media);
Json build_geometry(const v1::Report& report, const Media& media);
Json build_materials(const v1::Report& report, const Media& media);
Json build_mesh(const v1::Report& report, const Media& media);
Json build_loads(const v1::Report& report, const Media& media);
Json build_checks(const v1::Report& report, const Media& media);
Json build_levels(const v1::Report& report, const Media& media);
Json build_results(const v1::Report& report, const Media& media);
Json build_buckling(const v1::Report& report, const Media& media);
Json build_fatigue(const v1::Report& report, const Media& media);
Json build_comparison(const v1::Report& report, const Media& media);
Json build_criteria(const v1::Report& report, const Media& media);
Json build_limits(const v1::Report& report, const Media& media);
Json build_provenance(const v1::Report& report, const Media& media);

}  // namespace proofload::report
