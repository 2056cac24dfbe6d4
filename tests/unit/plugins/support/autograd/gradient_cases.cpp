// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plugins/support/autograd/gradient_cases.hpp"

namespace mtc::autograd {
namespace {

using Cases = std::vector<GradientCase>;

Cases windows() {
  return {
      {"Conv", "float[2,4,5,6] x, float[6,2,3,3] w, float[6] b",
       "y = Conv <group = 2, strides = [2,1], pads = [1,1,1,1]> (x, w, b)"},
      {"Conv", "float[1,2,5,6] x, float[3,2,3,2] w", "y = Conv <dilations = [1,2], pads = [0,1,2,0]> (x, w)"},
      {"Conv", "float[1,2,6,6] x, float[2,1,3,3] w",
       "y = Conv <group = 2, strides = [2,2], auto_pad = \"SAME_UPPER\"> (x, w)"},
      {"Conv", "float[1,2,9] x, float[3,2,3] w", "y = Conv(x, w)"},
      {"ConvTranspose", "float[1,2,3,3] x, float[2,2,3,3] w, float[2] b",
       "y = ConvTranspose <strides = [2,2], pads = [1,0,1,1], output_padding = [1,0]> (x, w, b)"},
      {"MaxPool", "float[1,2,5,5] x",
       "y = MaxPool <kernel_shape = [3,3], strides = [2,2], pads = [1,1,1,1]> (x)"},
      {"MaxPool", "float[1,2,6,6] x",
       "y = MaxPool <kernel_shape = [3,3], strides = [2,2], ceil_mode = 1> (x)"},
      {"AveragePool", "float[1,2,5,5] x", "y = AveragePool <kernel_shape = [3,3], pads = [1,1,1,1]> (x)"},
      {"AveragePool", "float[1,2,5,5] x",
       "y = AveragePool <kernel_shape = [2,3], strides = [2,2], pads = [0,1,1,0], count_include_pad = 1> "
       "(x)"},
      {"GlobalAveragePool", "float[2,3,4,4] x", "y = GlobalAveragePool(x)"},
      {"GlobalMaxPool", "float[2,3,4,4] x", "y = GlobalMaxPool(x)"},
      {"Gemm", "float[3,2] a, float[4,3] b, float[4] c",
       "y = Gemm <transA = 1, transB = 1, alpha = 0.5, beta = 2.0> (a, b, c)"},
      {"MatMul", "float[2,3,4] a, float[4,2] b", "y = MatMul(a, b)"},
  };
}

Cases arithmetic() {
  return {
      {"Abs", "float[2,6] x", "y = Abs(x)"},
      {"Add", "float[2,3] a, float[3] b", "y = Add(a, b)"},
      {"Sub", "float[2,3] a, float[2,1] b", "y = Sub(a, b)"},
      {"Mul", "float[2,3] a, float[3] b", "y = Mul(a, b)"},
      {"Div", "float[2,3] a, float[3] b", "y = Div(a, b)", 0.5, 2},
      {"Pow", "float[2,3] a, float[3] b", "y = Pow(a, b)", 0.5, 2},
      {"Max", "float[2,3] a, float[2,3] b", "y = Max(a, b)"},
      {"Min", "float[2,3] a, float[2,3] b", "y = Min(a, b)"},
      {"Sum", "float[2,3] a, float[3] b, float[1] c", "y = Sum(a, b, c)"},
      {"Mean", "float[2,3] a, float[3] b", "y = Mean(a, b)"},
      {"Cast", "float[2,3] x", "y = Cast <to = 11> (x)"},
      {"Clip", "float[2,6] x, float[1] low",
       "high = Constant <value = float[1] {1.5}> () y = Clip(x, low, high)"},
      {"Clip", "float[2,6] x", "y = Clip <min = -1.01, max = 1.01> (x)", -2, 2, 7},
      {"Cos", "float[6] x", "y = Cos(x)"},
      {"Sin", "float[6] x", "y = Sin(x)"},
      {"Erf", "float[6] x", "y = Erf(x)"},
      {"Exp", "float[6] x", "y = Exp(x)"},
      {"Log", "float[6] x", "y = Log(x)", 0.5, 2},
      {"Neg", "float[6] x", "y = Neg(x)"},
      {"Reciprocal", "float[6] x", "y = Reciprocal(x)", 0.5, 2},
      {"Sqrt", "float[6] x", "y = Sqrt(x)", 0.5, 2},
      {"Where", "float[2,2] a, float[2,2] b",
       "zero = Constant <value = float[1] {0}> () c = Less(a, zero) y = Where(c, a, b)"},
  };
}

Cases activations() {
  return {
      {"Elu", "float[2,6] x", "y = Elu(x)"},
      {"HardSigmoid", "float[2,6] x", "y = HardSigmoid(x)"},
      {"HardSwish", "float[2,6] x", "y = HardSwish(x)", -2, 2, 14},
      {"LeakyRelu", "float[2,6] x", "y = LeakyRelu(x)"},
      {"PRelu", "float[2,6] x, float[6] slope", "y = PRelu(x, slope)"},
      {"Relu", "float[2,6] x", "y = Relu(x)"},
      {"Selu", "float[2,6] x", "y = Selu(x)"},
      {"Sigmoid", "float[2,6] x", "y = Sigmoid(x)"},
      {"Softplus", "float[2,6] x", "y = Softplus(x)"},
      {"Tanh", "float[2,6] x", "y = Tanh(x)"},
      {"Softmax", "float[2,3,4] x", "y = Softmax <axis = 1> (x)"},
      {"Softmax", "float[2,3,4] x", "y = Softmax <axis = 1> (x)", -2, 2, 11},
      {"LogSoftmax", "float[2,3,4] x", "y = LogSoftmax(x)"},
  };
}

Cases reductions() {
  Cases cases;
  for (const char* op : {"ReduceL1", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSumSquare",
                         "ReduceLogSumExp"}) {
    cases.push_back({op, "float[2,3,4] x", std::string("y = ") + op + " <axes = [0,2]> (x)"});
  }
  cases.push_back(
      {"ReduceLogSum", "float[2,3,4] x", "y = ReduceLogSum <axes = [1], keepdims = 0> (x)", 0.5, 2});
  cases.push_back({"ReduceProd", "float[2,3,2] x", "y = ReduceProd <axes = [0,2]> (x)", 0.5, 2});
  cases.push_back(
      {"ReduceSum", "float[2,3,4] x", "axes = Constant <value = int64[1] {1}> () y = ReduceSum(x, axes)"});
  return cases;
}

Cases normalizations() {
  return {
      {"BatchNormalization", "float[3,2,2,2] x, float[2] scale, float[2] B",
       "mean = Constant <value = float[2] {0, 0}> () var = Constant <value = float[2] {1, 1}> () "
       "y = BatchNormalization(x, scale, B, mean, var)"},
      {"InstanceNormalization", "float[2,2,3,3] x, float[2] scale, float[2] B",
       "y = InstanceNormalization(x, scale, B)"},
      {"LayerNormalization", "float[2,3,4] x, float[4] scale, float[4] B",
       "y = LayerNormalization <axis = -1> (x, scale, B)", -2, 2, 17},
  };
}

Cases movement() {
  return {
      {"Concat", "float[2,3] a, float[2,1] b", "y = Concat <axis = 1> (a, b)"},
      {"DepthToSpace", "float[1,8,2,2] x", "y = DepthToSpace <blocksize = 2> (x)"},
      {"SpaceToDepth", "float[1,2,4,4] x", "y = SpaceToDepth <blocksize = 2> (x)"},
      {"Dropout", "float[2,3] x", "y = Dropout(x)"},
      {"Expand", "float[3,1] x", "shape = Constant <value = int64[3] {2, 1, 4}> () y = Expand(x, shape)"},
      {"Flatten", "float[2,3,4] x", "y = Flatten(x)"},
      {"Gather", "float[5,3] x", "i = Constant <value = int64[2,2] {0, -1, 2, 2}> () y = Gather(x, i)"},
      {"Identity", "float[2,3] x", "y = Identity(x)"},
      {"Pad", "float[2,3] x", "pads = Constant <value = int64[4] {0, 1, 2, 0}> () y = Pad(x, pads)"},
      {"Pad", "float[4,3] x",
       "pads = Constant <value = int64[4] {1, 1, 2, 0}> () y = Pad <mode = \"reflect\"> (x, pads)"},
      {"Reshape", "float[2,6] x", "shape = Constant <value = int64[3] {0, -1, 2}> () y = Reshape(x, shape)"},
      {"Resize", "float[1,1,3,3] x",
       "roi = Constant <value = float[1] {0}> () scales = Constant <value = float[4] {1, 1, 2, 2}> () "
       "y = Resize <mode = \"linear\"> (x, roi, scales)"},
      {"Resize", "float[1,1,4,4] x",
       "roi = Constant <value = float[1] {0}> () scales = Constant <value = float[4] {1, 1, 1.5, 2}> () "
       "y = Resize <mode = \"cubic\"> (x, roi, scales)"},
      {"Upsample", "float[1,1,3,3] x",
       "scales = Constant <value = float[4] {1, 1, 2, 3}> () y = Upsample <mode = \"nearest\"> (x, scales)",
       -2, 2, 9},
      {"Slice", "float[4,5] x",
       "starts = Constant <value = int64[2] {3, 0}> () ends = Constant <value = int64[2] {0, 5}> () "
       "axes = Constant <value = int64[2] {0, 1}> () steps = Constant <value = int64[2] {-2, 2}> () "
       "y = Slice(x, starts, ends, axes, steps)"},
      {"Split", "float[4,3] x", "a, b = Split(x) y = Mul(a, b)"},
      {"Squeeze", "float[1,3,1] x", "y = Squeeze(x)"},
      {"Tile", "float[2,3] x", "repeats = Constant <value = int64[2] {2, 2}> () y = Tile(x, repeats)"},
      {"Transpose", "float[2,3,4] x", "y = Transpose <perm = [2,0,1]> (x)"},
      {"Unsqueeze", "float[2,3] x", "axes = Constant <value = int64[2] {0, 3}> () y = Unsqueeze(x, axes)"},
      {"DequantizeLinear", "float[1] scale",
       "q = Constant <value = int8[3] {-5, 0, 9}> () z = Constant <value = int8[1] {1}> () "
       "y = DequantizeLinear <axis = 0> (q, scale, z)"},
  };
}

}  // namespace

std::vector<GradientCase> gradient_cases() {
  Cases all;
  for (const auto family : {windows, arithmetic, activations, reductions, normalizations, movement}) {
    const Cases more = family();
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

std::vector<std::string> not_differentiable() {
  return {"And",   "ArgMax", "ArgMin",         "Ceil",           "Constant", "ConstantOfShape",
          "Equal", "Floor",  "Greater",        "GreaterOrEqual", "Less",     "LessOrEqual",
          "Not",   "Or",     "QuantizeLinear", "Range",          "Round",    "Shape",
          "Size",  "Xor"};
}

}  // namespace mtc::autograd
