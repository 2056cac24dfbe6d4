// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <gtest/gtest.h>

#include "core/plugin/manifest.hpp"

namespace mtc::plugin {
namespace {

Param make(ParamType type) {
  Param param;
  param.name = "x";
  param.type = type;
  return param;
}

std::string error_of(const Param& param, const Json& value) {
  const auto result = param.check(value);
  if (result) return "no error";
  EXPECT_EQ(result.error().code, Code::invalid_argument);
  EXPECT_EQ(result.error().where, "");
  return result.error().message + "; " + result.error().hint;
}

TEST(ParamTest, TakesValuesOfItsType) {
  EXPECT_EQ(*make(ParamType::boolean).check(true), Json(true));
  EXPECT_EQ(*make(ParamType::integer).check(-3), Json(-3));
  EXPECT_EQ(*make(ParamType::number).check(0.5), Json(0.5));
  EXPECT_EQ(*make(ParamType::text).check("a"), Json("a"));
}

TEST(ParamTest, AnIntegerBecomesADoubleWhereANumberIsWanted) {
  EXPECT_TRUE(make(ParamType::number).check(3)->is_number_float());
}

TEST(ParamTest, RefusesOtherTypes) {
  EXPECT_EQ(error_of(make(ParamType::boolean), 1), "x is 1; use true or false");
  EXPECT_EQ(error_of(make(ParamType::integer), 1.5), "x is 1.5; use an integer");
  EXPECT_EQ(error_of(make(ParamType::integer), "3"), "x is \"3\"; use an integer");
  EXPECT_EQ(error_of(make(ParamType::number), "a"), "x is \"a\"; use a number");
  EXPECT_EQ(error_of(make(ParamType::text), 3), "x is 3; use a string");
  EXPECT_EQ(error_of(make(ParamType::text), Json::array({"a"})),
            "x is [\"a\"]; use one value, not a list: a string");
  EXPECT_EQ(error_of(make(ParamType::integer), nullptr), "x is null; use an integer");
}

TEST(ParamTest, SaysWhatItTakesWhenTheTypeIsWrong) {
  Param bits = make(ParamType::integer);
  bits.min = 2;
  bits.max = 8;
  EXPECT_EQ(error_of(bits, "three"), "x is \"three\"; use an integer, 2..8");
  EXPECT_EQ(error_of(bits, Json::array({3})), "x is [3]; use one value, not a list: an integer, 2..8");
  Param ratio = make(ParamType::number);
  ratio.min = 0;
  EXPECT_EQ(error_of(ratio, true), "x is true; use a number, 0 or more");
  EXPECT_EQ(error_of(ratio, std::numeric_limits<double>::infinity()),
            "x is inf; use a finite number, 0 or more");
  Param word = make(ParamType::text);
  word.choices = {"minmax", "mse"};
  EXPECT_EQ(error_of(word, 3), "x is 3; use a string: minmax or mse");
}

TEST(ParamTest, WritesLimitsOfIntegersWithoutExponent) {
  Param param = make(ParamType::integer);
  param.default_value = 1;
  param.min = -1e15;
  param.max = 1e8;
  EXPECT_EQ(param.describe(), "int -1000000000000000..100000000, default 1");
  EXPECT_EQ(error_of(param, 100000001), "x is 100000001; use -1000000000000000..100000000");
}

TEST(ParamTest, RefusesWhatIsOutOfRange) {
  Param param = make(ParamType::integer);
  param.min = 2;
  EXPECT_EQ(error_of(param, 1), "x is 1; use 2 or more");
  param.max = 8;
  EXPECT_EQ(error_of(param, 9), "x is 9; use 2..8");
  EXPECT_TRUE(param.check(2));
  EXPECT_TRUE(param.check(8));
  param.min.reset();
  EXPECT_EQ(error_of(param, 9), "x is 9; use 8 or less");
}

TEST(ParamTest, RefusesWhatIsNotFinite) {
  EXPECT_EQ(error_of(make(ParamType::number), std::numeric_limits<double>::infinity()),
            "x is inf; use a finite number");
  EXPECT_EQ(error_of(make(ParamType::number), std::numeric_limits<double>::quiet_NaN()),
            "x is nan; use a finite number");
  EXPECT_EQ(error_of(make(ParamType::integer), std::uint64_t{1} << 63U),
            "x is 9223372036854775808; use an integer below 2^63");
}

TEST(ParamTest, SuggestsTheChoiceThatWasMeant) {
  Param param = make(ParamType::text);
  param.name = "calibration";
  param.choices = {"minmax", "percentile", "mse"};
  EXPECT_EQ(error_of(param, "mean"), "calibration is \"mean\"; use minmax, percentile or mse");
  EXPECT_EQ(error_of(param, "percentil"),
            "calibration is \"percentil\"; use minmax, percentile or mse; did you mean \"percentile\"?");
  EXPECT_TRUE(param.check("mse"));
}

TEST(ParamTest, AListTakesItemsAndASingleValue) {
  Param param = make(ParamType::number);
  param.list = true;
  param.max = 5;
  EXPECT_EQ(*param.check(Json({1, 2.5})), Json({1.0, 2.5}));
  EXPECT_EQ(*param.check(3), Json::array({3.0}));
  EXPECT_EQ(*param.check(Json::array()), Json::array());
  EXPECT_EQ(error_of(param, Json({1, 7})), "x is 7; use 5 or less");
}

TEST(ParamTest, DescribesItself) {
  Param param = make(ParamType::number);
  param.default_value = 0.9999;
  param.min = 0.5;
  param.max = 1.0;
  EXPECT_EQ(param.describe(), "float 0.5..1, default 0.9999");
  Param word = make(ParamType::text);
  word.choices = {"a", "b"};
  word.default_value = "b";
  EXPECT_EQ(word.describe(), "string a|b, default b");
  word.choices.clear();
  word.default_value = "";
  EXPECT_EQ(word.describe(), "string, default \"\"");
  Param list = make(ParamType::integer);
  list.list = true;
  list.min = 1;
  list.default_value = {1, 2};
  EXPECT_EQ(list.describe(), "list of int 1 or more, default [1, 2]");
  Param flag = make(ParamType::boolean);
  flag.default_value = false;
  EXPECT_EQ(flag.describe(), "bool, default false");
}

TEST(ParamTest, ItsFlagIsKebabCase) {
  Param param = make(ParamType::text);
  param.name = "weight_decay";
  EXPECT_EQ(param.flag(), "weight-decay");
}

}  // namespace
}  // namespace mtc::plugin
