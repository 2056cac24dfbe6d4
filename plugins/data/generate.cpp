// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/generate.hpp"

#include <fstream>
#include <numeric>
#include <utility>
#include <vector>

#include "plugins/data/array_writer.hpp"

namespace mtc::data {

namespace {

constexpr std::size_t kTickEvery = 256;
constexpr std::uint64_t kLabelStreams = std::uint64_t{1} << 63U;  // Apart from the streams of the pictures.

}  // namespace

int label_of(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, kLabelStreams + index / kClasses);
  std::array<int, kClasses> order;
  std::iota(order.begin(), order.end(), 0);
  for (int i = kClasses - 1; i > 0; --i) {
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(random.between(0, i))]);
  }
  return order[index % kClasses];
}

Result<void> generate(const GenerateRequest& request,
                      const std::function<Result<void>(std::size_t done, std::size_t total)>& tick) {
  const auto count = static_cast<std::int64_t>(request.samples);
  const std::vector<std::int64_t> image_shape{count, 3, kSide, kSide};
  MTC_ASSIGN(auto images, ArrayWriter::create(request.folder + "/images.npy", kUint8, image_shape));
  MTC_ASSIGN(auto labels, ArrayWriter::create(request.folder + "/labels.npy", kInt64, std::vector{count}));
  std::array<std::uint8_t, kSampleBytes> planes;
  for (std::size_t i = 0; i < request.samples; ++i) {
    if (i % kTickEvery == 0) MTC_TRY(tick(i, request.samples));
    const std::int64_t label = label_of(request.seed, i);
    Random random(request.seed, i);
    draw(static_cast<int>(label), request.difficulty, random, planes);
    MTC_TRY(images.append(std::as_bytes(std::span(planes))));
    MTC_TRY(labels.append(std::as_bytes(std::span(&label, 1))));
  }
  MTC_TRY(images.close());
  MTC_TRY(labels.close());
  std::ofstream classes(request.folder + "/classes.txt", std::ios::binary);
  for (const char* name : kClassNames) classes << name << '\n';
  classes.close();
  if (!classes) {
    return Error{Code::resource_exhausted, "cannot write classes.txt", request.folder, "check free space"};
  }
  return tick(request.samples, request.samples);
}

}  // namespace mtc::data
