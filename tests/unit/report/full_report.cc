#include "proofload/core/json.h"
#include "synthetic_run.h"

namespace proofload::report {

v1::Report full_report() {
  v1::Report report;
  from_json(R"json({
"schema": "proofload/v1", "case_name": "two boxes", "verdict": "REVIEW",
"reasons": ["the peak of strut under flexion is not resolved"],
"quantities": [
 {"name": "max_von_mises_mpa", "design": "implant", "load_case": "flexion", "body": "strut",
  "value": 120.04, "unit": "MPa", "bound": "EXACT", "numerical_error": 3.61,
  "place": {"point_mm": [5, 0, 10], "body": "strut", "face": "foot"}, "method": "recovered stress",
  "level": 1, "unresolved": true, "reason": "lies at an interface edge", "level_values": [110, 120.04]},
 {"name": "axial_stiffness_n_per_mm", "design": "implant", "load_case": "axial",
  "value": 28450.2, "unit": "N/mm", "bound": "EXACT", "numerical_error": 42.1,
  "method": "relative motion", "level": 1, "level_values": [28600.1, 28450.2]},
 {"name": "strain_energy_nmm", "design": "implant", "load_case": "axial", "value": 4.2,
  "unit": "Nmm", "bound": "EXACT", "numerical_error": 0.1, "method": "sum", "level": 1,
  "level_values": [4.1, 4.2]},
 {"name": "buckling_load_factor", "design": "implant", "load_case": "axial", "unit": "",
  "reason": "the analysis was not asked for"},
 {"name": "fatigue_life_cycles", "design": "implant", "body": "strut", "value": 1e7,
  "unit": "cycles", "bound": "AT_LEAST", "numerical_error": 0, "method": "Goodman", "level": 1,
  "unconfirmed": true}],
"comparisons": [
 {"quantity": "axial_stiffness_n_per_mm", "load_case": "axial", "design": "implant_member",
  "reference": "ti_5_5_straight_member", "ratio": 9.87, "low": 9.8, "high": 9.95, "kind": "member",
  "beam_value": 30700, "unit": "N/mm", "bound": "EXACT"},
 {"quantity": "axial_stiffness_n_per_mm", "load_case": "axial", "design": "implant",
  "reference": "ti_5_5", "kind": "construct", "reason": "no fixation of the rod was given"}],
"criteria": [
 {"criterion": {"quantity": "yield_safety_factor", "body": "strut", "at_least": 1.5},
  "status": "UNDECIDED",
  "quantity": {"name": "yield_safety_factor", "design": "implant", "load_case": "flexion",
    "body": "strut", "value": 6.62, "unit": "", "bound": "EXACT", "numerical_error": 0.2,
    "place": {"point_mm": [5, 0, 10]}, "unresolved": true, "reason": "peak unresolved",
    "level": 1, "method": "yield over von Mises"},
  "trace": "6.62 is above 1.5, but the peak is unresolved"}],
"designs": [{"name": "implant", "kind": "implant", "levels": [
 {"level": 0, "cells_count": 30, "unknowns_count": 594, "element_size_mm": 10,
  "mesh": {"bodies": [{"name": "bone", "volume_mm3": 1000, "geometry_volume_mm3": 1000,
     "cells_count": 6, "min_mm": [-5, -5, 0], "max_mm": [5, 5, 10], "centroid_mm": [0, 0, 5]},
    {"name": "strut", "volume_mm3": 4000, "geometry_volume_mm3": 4000,
     "min_mm": [-5, -5, 10], "max_mm": [5, 5, 50]}],
   "places": [{"name": "foot", "area_mm2": 100, "centroid_mm": [0, 0, 0]},
    {"name": "head", "area_mm2": 100, "centroid_mm": [0, 0, 50]}],
   "interfaces": [{"first": "bone", "second": "strut", "area_mm2": 100, "kind": "bonded"}],
   "nodes_count": 198, "cells_count": 30, "min_dihedral_deg": 35.3, "mean_gamma": 0.7,
   "min_jacobian_ratio": 1, "straightened_count": 0, "straightened_loss_mm": 0,
   "worst_cells": [{"point_mm": [1, 2, 3], "body": "bone", "min_dihedral_deg": 35.3, "jacobian_ratio": 1}],
   "method": "structured", "findings": [{"code": "E3", "body": "bone", "message": "two small holes closed",
     "point_mm": [1, 1, 1], "severity": "WARNING"}],
   "repairs": [{"body": "bone", "step": "faithful", "done": "two holes closed", "volume_before_mm3": 99,
     "volume_after_mm3": 100, "volume_change": 0.01, "area_before_mm2": 220, "area_after_mm2": 221,
     "hausdorff_mm": 0.02, "shells_before_count": 2, "shells_after_count": 1, "genus_before_count": 0,
     "genus_after_count": 0, "holes_filled_count": 2, "hole_area_mm2": 0.5,
     "triangles_before_count": 12, "triangles_after_count": 14}]},
  "solves": [{"load_case": "flexion", "iterations_count": 24, "residual": 3.1e-9,
    "path": "matrix_free", "imbalance": 2e-10, "seconds": 0.4}],
  "mesh_seconds": 0.2, "decision": "peak changes by 9 %, another level is computed"}]}],
"limitations": ["bonded interfaces assume ingrowth"],
"warnings": ["P/P_cr is 0.12"],
"materials": [{"name": "ti6al4v", "title": "Ti-6Al-4V", "youngs_modulus_mpa": 113800,
  "poisson_ratio": 0.342, "density_g_per_cm3": 4.43, "yield_strength_mpa": 795,
  "ultimate_strength_mpa": 860, "condition": "HIP, machined", "findley_k": 0.3, "surface_factor": 1,
  "sources": {"youngs_modulus_mpa": {"citation": "MatWeb MTP643", "confirmed": true},
   "findley_k": {"citation": "textbook", "confirmed": false, "note": "not measured"}}}],
"sn_curves": [{"name": "c2", "title": "HIP, machined", "stress_ratio": 0.1,
  "stress_measure": "maximum", "cycles_count": [1e4, 1e6, 1e7], "mean_mpa": [900, 720, 650],
  "lower_mpa": [800, 620, 550], "run_out_count": 1e7, "confidence": "medium",
  "lower_basis": "95 % survival", "fraction_of": "", "source": {"citation": "Somebody 2018", "confirmed": true, "note": "n = 30"}}],
"case": {"schema": "proofload/v1", "name": "two boxes", "description": "shows every section",
 "bodies": [{"name": "bone", "material": {"youngs_modulus_mpa": 100, "poisson_ratio": 0.2}, "role": "bone"},
  {"name": "strut", "material": {"name": "ti6al4v"}, "role": "implant"}],
 "supports": [{"name": "ground", "at": "foot", "fix": ["x", "y", "z"]}],
 "load_cases": [
  {"name": "axial", "early": true, "loads": [{"at": "head", "distributed": {"force_n": [0, 0, -100], "moment_nmm": [0, 1500, 0]}}]},
  {"name": "flexion", "loads": [{"at": "head", "distributed": {"force_n": [500, 0, 0]}}]}],
 "analyses": {"static": {}, "buckling": {"load_cases": ["axial"]},
  "fatigue": {"blocks": [{"load_case": "axial", "min": 0.1, "max": 1, "cycles": 5e6}]}},
 "designs": {"reference_rods": [{"rod": "ti_5_5", "path": "straight", "surface_factor": 0.8}]},
 "accuracy": {"relative_error": 0.03}},
"provenance": {"inputs": [{"name": "case.yaml", "sha256": "00ff", "size_bytes": 1234}],
 "versions": {"proofload": "0.1.0"}, "ranks_count": 2, "started": "2026-01-01T00:00:00Z",
 "finished": "2026-01-01T00:01:00Z", "seconds": 60, "host": "bench", "sandbox": "rlimits",
 "stage_seconds": {"mesh": 12.5}},
"equivalent_rods": [{"design": "implant_member", "load_case": "axial", "basis": "axial_stiffness",
  "material": "ti6al4v", "diameter_mm": 11.3},
 {"design": "implant_member", "basis": "bending_strength", "material": "ti6al4v",
  "reason": "the section is not known"}]
})json",
            report);
  return report;
}

}  // namespace proofload::report
