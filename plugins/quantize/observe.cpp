// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/observe.hpp"

#include <functional>
#include <map>
#include <span>
#include <utility>

namespace mtc::quantize {
namespace {

/// What takes the values of one group; false means that it refuses them.
using Take = std::function<bool(std::size_t group, std::span<const float> values)>;

Error not_finite(const std::string& tensor) {
  return Error{Code::invalid_argument, "activation '" + tensor + "' holds NaN or infinity",
               "tensor " + tensor, "check the data's preprocess and the model's weights"};
}

Result<void> stream(autograd::Executor& executor, const Samples& samples, const std::vector<Group>& groups,
                    const Streaming& streaming, const Monitor& monitor, const std::string& phase,
                    const Take& take) {
  std::map<std::string, std::size_t> group_of;
  std::vector<std::string> wanted;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (const auto& root : groups[i].roots) {
      group_of[root] = i;
      wanted.push_back(root);
    }
  }
  std::string refused;
  const autograd::Observer observer = [&](const std::string& name, std::span<const std::int64_t> /*shape*/,
                                          std::span<const float> values) {
    const auto found = group_of.find(name);
    if (found != group_of.end() && !take(found->second, values) && refused.empty()) refused = name;
  };
  return for_each_batch(samples, samples.count, streaming.batch, streaming.whole,
                        [&](const autograd::HostTensor& batch, std::size_t done) -> Result<void> {
                          MTC_TRY(executor.run(std::span(&batch, 1), observer, wanted));
                          if (!refused.empty()) return not_finite(refused);
                          return monitor(phase, done, samples.count, "samples");
                        });
}

}  // namespace

Result<std::set<std::string>> float_tensors(autograd::Executor& executor, const Samples& samples,
                                            const Streaming& streaming) {
  std::set<std::string> names;
  const autograd::Observer observer = [&](const std::string& name, std::span<const std::int64_t> /*shape*/,
                                          std::span<const float> /*values*/) { names.insert(name); };
  const auto visit = [&](const autograd::HostTensor& batch, std::size_t /*done*/) -> Result<void> {
    MTC_TRY(executor.run(std::span(&batch, 1), observer));
    return {};
  };
  MTC_TRY(for_each_batch(samples, streaming.whole ? streaming.batch : 1, streaming.batch, false, visit));
  return names;
}

Result<std::vector<Range>> observe_ranges(autograd::Executor& executor, const Samples& samples,
                                          const std::vector<Group>& groups, const Streaming& streaming,
                                          const Monitor& monitor) {
  std::vector<Extent> extents(groups.size());
  MTC_TRY(
      stream(executor, samples, groups, streaming, monitor, "ranges",
             [&](std::size_t group, std::span<const float> values) { return extents[group].add(values); }));
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (extents[i].empty()) {
      return Error{Code::internal,
                   "activation '" + groups[i].name + "' was never observed",
                   "tensor " + groups[i].name,
                   "report this as a bug",
                   false,
                   true};
    }
    ranges.push_back(extents[i].range());
  }
  return ranges;
}

Result<std::vector<Histogram>> observe_histograms(autograd::Executor& executor, const Samples& samples,
                                                  const std::vector<Group>& groups,
                                                  const std::vector<Range>& ranges,
                                                  const Streaming& streaming, const Monitor& monitor) {
  std::vector<Histogram> histograms;
  histograms.reserve(groups.size());
  for (const auto& range : ranges) histograms.emplace_back(range, streaming.bins);
  MTC_TRY(stream(executor, samples, groups, streaming, monitor, "histograms",
                 [&](std::size_t group, std::span<const float> values) {
                   histograms[group].add(values);
                   return true;
                 }));
  return histograms;
}

}  // namespace mtc::quantize
