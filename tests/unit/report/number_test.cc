#include "proofload/report/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace proofload::report {
namespace {

v1::Quantity quantity(double value, double error, const std::string& unit) {
  v1::Quantity q;
  q.set_value(value);
  q.set_numerical_error(error);
  q.set_unit(unit);
  return q;
}

TEST(Number, HasFourDigitsAndNoProgrammersExponent) {
  EXPECT_EQ(format_number(412.345), "412.3");
  EXPECT_EQ(format_number(0.0123456), "0.01235");
  EXPECT_EQ(format_number(-2.5), "\u22122.500");
  EXPECT_EQ(format_number(0), "0");
  EXPECT_EQ(format_number(-0.0), "0");
  EXPECT_EQ(format_number(28450.2), "28\u202f450");
  EXPECT_EQ(format_number(9999.96), "10\u202f000");
}

TEST(Number, UsesAPowerOfTenForLargeAndSmall) {
  EXPECT_EQ(format_number(5e6, 3), "5.00 × 10⁶");
  EXPECT_EQ(format_number(3.1e-9, 2), "3.1 × 10⁻⁹");
  EXPECT_EQ(format_number(999999.9, 4), "1.000 × 10⁶");
}

TEST(Number, GivenNumbersKeepTheirOwnDigits) {
  EXPECT_EQ(format_number(1.5, kAsGiven), "1.5");
  EXPECT_EQ(format_number(500, kAsGiven), "500");
  EXPECT_EQ(format_number(113800, kAsGiven), "113\u202f800");
  EXPECT_EQ(format_number(5e6, kAsGiven), "5 × 10⁶");
  EXPECT_EQ(format_number(0, kAsGiven), "0");
}

TEST(Number, NeverPrintsNanAsANumber) {
  EXPECT_EQ(format_number(std::nan("")), "not a number");
  EXPECT_EQ(format_number(std::numeric_limits<double>::infinity()), "not a number");
  EXPECT_EQ(format_quantity(quantity(std::nan(""), 1, "MPa")), "not computed: not a number");
}

TEST(Number, CountsAreWhole) {
  EXPECT_EQ(format_count(648480), "648\u202f480");
  EXPECT_EQ(format_count(24), "24");
}

TEST(Quantity, CarriesErrorUnitAndBound) {
  EXPECT_EQ(format_quantity(quantity(412.34, 8.61, "MPa")), "412.3 ± 8.6\u202fMPa");
  v1::Quantity life = quantity(5e6, 2e5, "cycles");
  life.set_bound(v1::Bound::AT_LEAST);
  EXPECT_EQ(format_quantity(life), "≥ (5.000 ± 0.20) × 10⁶\u202fcycles");
  life.clear_numerical_error();
  EXPECT_EQ(format_quantity(life), "≥ 5.000 × 10⁶\u202fcycles");
}

TEST(Quantity, MissingSaysWhy) {
  v1::Quantity q;
  q.set_reason("the solver diverged");
  EXPECT_EQ(format_quantity(q), "not computed: the solver diverged");
  EXPECT_EQ(format_quantity(v1::Quantity{}), "not computed: no reason given");
}

TEST(Optional, AbsentIsNeverZero) {
  EXPECT_EQ(format_optional(false, 0, "mm"), "not computed");
  EXPECT_EQ(format_optional(true, 0, "mm"), "0\u202fmm");
}

}  // namespace
}  // namespace proofload::report
