#pragma once
/// Mean-stress rules: cycles at one stress ratio to equally damaging cycles at another. MPa.
namespace proofload::fatigue {

/// A uniaxial cycle between mean - amplitude and mean + amplitude.
struct Cycle {
  double amplitude = 0;
  double mean = 0;
  double maximum() const { return mean + amplitude; }
};

/// Compressive means earn nothing (FKM style): a negative mean counts as zero.
Cycle without_credit(const Cycle& cycle);

/// Fully reversed amplitude of equal damage.
/// Goodman: sa / (1 - sm / Su); infinite for sm >= Su.
double goodman_reversed(const Cycle& cycle, double ultimate);
/// Smith, Watson, Topper: sqrt(smax sa).
double swt_reversed(const Cycle& cycle);
/// Walker: smax^(1-g) sa^g (Dowling 2009, doi 10.1111/j.1460-2695.2008.01322.x).
double walker_reversed(const Cycle& cycle, double exponent);

/// Amplitude at `stress_ratio` (>= -1) that is as damaging as a fully reversed amplitude.
double goodman_at_ratio(double reversed, double stress_ratio, double ultimate);
double walker_at_ratio(double reversed, double stress_ratio, double exponent);

/// Factor on the whole cycle at which it reaches the reversed strength by Goodman:
/// 1 / (sa / strength + sm / Su).
double goodman_reserve(const Cycle& cycle, double reversed_strength, double ultimate);

}  // namespace proofload::fatigue
