#pragma once
/// The groups of quantities; each appends its own. To add one: a file, a line in quantities.cc.
#include "context.h"

namespace proofload::solver::fields {

/// What several groups need, computed once.
struct Shared {
  std::vector<Reaction> reactions;
  Action action;
  std::vector<EdgeZone> zones;
  std::vector<double> cell_size;  ///< [n_owned] mean size of the cells about a node, mm
};

using Quantities = std::vector<v1::Quantity>;

/// displacement_mm, load_point_displacement_mm, axial_stiffness_n_per_mm.
void add_motion(const Context& context, const Shared& shared, Quantities& out);

/// max_von_mises_mpa, max_principal_mpa, min_principal_mpa, yield_safety_factor,
/// first_yield_load_n.
void add_peaks(const Context& context, const Shared& shared, Quantities& out);

/// strain_energy_nmm of the model and of each body.
void add_energy(const Context& context, const Shared& shared, Quantities& out);

/// reaction_n of each support, three components.
void add_reactions(const Context& context, const Shared& shared, Quantities& out);

/// load_share of each body across the section midway between supports and load.
void add_load_share(const Context& context, const Shared& shared, Quantities& out);

/// euler_load_ratio.
void add_euler(const Context& context, const Shared& shared, Quantities& out);

/// The probes of the case.
void add_probes(const Context& context, const Shared& shared, Quantities& out);

/// Strain energy of each body, N mm. Collective.
std::vector<double> strain_energy(const Context& context);

}  // namespace proofload::solver::fields
