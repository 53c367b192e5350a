#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>

#include "proofload/core/run_folder.h"
#include "proofload/report/number.h"
#include "proofload/report/report.h"

extern char** environ;

namespace proofload::report {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHead =
    "set terminal svg size 900,480 noenhanced font 'DejaVu Sans,13' background '#ffffff'\n"
    "set grid lc rgb '#d5dbe3'\nset border 3 lc rgb '#5b6676'\nset tics nomirror out\n"
    "set key outside right top\n";

/// Text inside single quotes of a gnuplot script: quotes doubled, no line breaks, no backquotes.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "''";
    else if (c == '`')
      out += ' ';
    else if (static_cast<unsigned char>(c) >= 32)
      out += c;
  }
  return out + "'";
}

std::string plain(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

/// Runs gnuplot on a script of ours; empty text on success, else what went wrong.
std::string run_gnuplot(const std::string& script, const std::string& svg) {
  const std::string file = svg + ".gp";
  write_file_atomically(file, "set output " + quoted(svg) + "\n" + script);
  const char* const arguments[] = {"gnuplot", file.c_str(), nullptr};
  pid_t child = 0;
  const int failed =
      posix_spawnp(&child, "gnuplot", nullptr, nullptr, const_cast<char**>(arguments), environ);
  int status = 1;
  if (!failed) waitpid(child, &status, 0);
  std::error_code ignored;
  fs::remove(file, ignored);
  if (failed) return "gnuplot is not installed (package gnuplot-nox)";
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return "gnuplot failed";
  if (!fs::exists(svg) || fs::file_size(svg, ignored) < 500) return "gnuplot wrote nothing";
  return "";
}

void add_plot(Media& media, const Picture& picture, const std::string& script) {
  const std::string problem = run_gnuplot(kHead + script, media.folder + "/" + picture.file);
  if (problem.empty())
    media.pictures.push_back(picture);
  else
    media.problems.push_back(picture.file + ": " + problem);
}

bool usable(const google::protobuf::RepeatedField<double>& values) {
  if (values.size() < 2 || values[values.size() - 1] == 0) return false;
  for (const double value : values) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

/// Values of the levels over that of the finest, for up to eight quantities of the implant.
void plot_convergence(const v1::Report& report, Media& media) {
  std::string blocks, lines;
  int count = 0, levels = 0;
  for (const v1::Quantity& q : report.quantities()) {
    const bool gated = q.name() == "max_von_mises_mpa" || q.name() == "axial_stiffness_n_per_mm";
    if (!gated || !usable(q.level_values()) || count == 8) continue;
    const std::string block = "$q" + std::to_string(count++);
    blocks += block + " << EOD\n";
    const auto& values = q.level_values();
    levels = std::max(levels, values.size());
    for (int i = 0; i < values.size(); ++i) {
      blocks += std::to_string(i) + " " + plain(values[i] / values[values.size() - 1]) + "\n";
    }
    blocks += "EOD\n";
    const bool stress = q.name() == "max_von_mises_mpa";
    const std::string label = (stress ? "peak stress " : "stiffness ") + q.design() + " " +
                              (stress ? q.body() + " " : "") + q.load_case();
    lines += (lines.empty() ? "plot " : ", ") + block + " using 1:2 with linespoints lw 2 title " +
             quoted(label.substr(0, 60));
  }
  if (count == 0) return;
  add_plot(media,
           {"convergence", "", "", "convergence.svg",
            "Values of each mesh level over that of the finest; a level curve means converged"},
           blocks +
               "set xlabel 'mesh level'\nset ylabel 'value over that of the finest level'\n"
               "set xtics 1\nset format y '%.3f'\nset offsets 0, 0, 0.01, 0.01\nset xrange [-0.1:" +
               plain(levels - 0.9) + "]\n" + lines + "\n");
}

void plot_curve(const v1::SnCurve& curve, int number, Media& media) {
  const int n = curve.cycles_count_size();
  if (n < 2 || curve.mean_mpa_size() != n || curve.lower_mpa_size() != n) return;
  std::string block = "$p << EOD\n";
  for (int i = 0; i < n; ++i) {
    for (const double value : {curve.cycles_count(i), curve.mean_mpa(i), curve.lower_mpa(i)}) {
      if (!(value > 0) || !std::isfinite(value)) return;  // log axes
    }
    block += plain(curve.cycles_count(i)) + " " + plain(curve.mean_mpa(i)) + " " +
             plain(curve.lower_mpa(i)) + "\n";
  }
  const bool fraction = !curve.fraction_of().empty();
  const bool maximum = curve.stress_measure() == v1::StressMeasure::maximum;
  const std::string measure = maximum ? "maximum stress" : "stress amplitude";
  const std::string unit = fraction ? " over " + curve.fraction_of() : " (MPa)";
  add_plot(media,
           {"sn_curve", "", "", "sn_" + std::to_string(number) + ".svg",
            "S-N curve " + curve.name() + ": " + measure + unit + ", stress ratio " +
                format_number(curve.stress_ratio())},
           block + "EOD\nset logscale x\nset format x '10^%T'\nset xlabel 'cycles'\nset ylabel " +
               quoted(measure + unit) + "\nset title " + quoted(curve.name()) +
               "\nset yrange [0:*]\nplot $p using 1:2 with linespoints lw 2 title 'median', "
               "$p using 1:3 with linespoints lw 2 title 'lower line (gated)'\n");
}

}  // namespace

void draw_plots(const v1::Report& report, Media& media) {
  try {
    fs::create_directories(media.folder);
    plot_convergence(report, media);
    int number = 0;
    for (const v1::SnCurve& curve : report.sn_curves()) plot_curve(curve, ++number, media);
  } catch (const std::exception& failure) {
    media.problems.push_back(std::string("plots: ") + failure.what());
  }
}

}  // namespace proofload::report
