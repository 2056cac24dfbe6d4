// SPDX-License-Identifier: Apache-2.0
//
// mtc.artifact/1, mtc.scratch/1, mtc.dependency/1: the paths that an action works with.
#include <string>

#include "core/host/host.hpp"
#include "core/host/services.hpp"

namespace mtc::host {
namespace {

Error missing(const Host& host, const std::string& what, const std::string& hint) {
  return Error{Code::not_found, what, host.spec().plugin_id + ", " + host.spec().name, hint};
}

mtc_code input_count(const mtc_host* raw, mtc_string name, std::uint64_t* count) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    std::uint64_t found = 0;
    while (host.spec().input(view(name), found) != nullptr) ++found;
    *count = found;
    return {};
  });
}

mtc_code input(const mtc_host* raw, mtc_string name, std::uint64_t index, mtc_string* path) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    const SpecInput* found = host.spec().input(view(name), index);
    if (found == nullptr) {
      return missing(host,
                     "there is no input \"" + std::string(view(name)) + "\" number " + std::to_string(index),
                     "give it, or ask for input_count first");
    }
    if (found->path.empty()) {
      return missing(host, "the input " + found->name + " is a dataset and has no path",
                     "read it through mtc.dataset/1");
    }
    *path = abi(found->path);
    return {};
  });
}

mtc_code output(const mtc_host* raw, mtc_string name, mtc_string* path) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    const SpecOutput* found = host.spec().output(view(name));
    if (found == nullptr) {
      Error error = missing(host, "there is no output \"" + std::string(view(name)) + "\"",
                            "declare it in plugin.toml");
      error.plugin_fault = true;
      return error;
    }
    *path = abi(found->path);
    return {};
  });
}

mtc_code property(const mtc_host* raw, mtc_string key, mtc_string value) {
  Host& host = Host::of(raw);
  return host.answer([&] { return host.set_property(view(key), view(value)); });
}

mtc_code scratch(const mtc_host* raw, mtc_string* path) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    if (host.spec().scratch.empty()) return missing(host, "this action has no scratch folder", "report this");
    *path = abi(host.spec().scratch);
    return {};
  });
}

mtc_code dependency(const mtc_host* raw, mtc_string name, mtc_string* path) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    const auto found = host.spec().dependencies.find(std::string(view(name)));
    if (found == host.spec().dependencies.end()) {
      return missing(
          host, "the library or tool \"" + std::string(view(name)) + "\" was not found or is not declared",
          "install it, and declare it as [[library]] or [[tool]] in plugin.toml");
    }
    *path = abi(found->second);
    return {};
  });
}

}  // namespace

const mtc_artifact_v1 kArtifactService{sizeof(mtc_artifact_v1), 0, input_count, input, output, property};
const mtc_scratch_v1 kScratchService{sizeof(mtc_scratch_v1), 0, scratch};
const mtc_dependency_v1 kDependencyService{sizeof(mtc_dependency_v1), 0, dependency};

}  // namespace mtc::host
