// SPDX-License-Identifier: Apache-2.0
//
// The one plugin of this process: loaded, negotiated with, and instantiated.
#pragma once

#include <string>

#include "core/host/host.hpp"
#include "mtc/plugin.h"
#include "mtc/result.hpp"

namespace mtc::host {

/// A plugin instance. The library stays loaded until the process ends.
class LoadedPlugin {
 public:
  /// Loads host.spec().plugin (RTLD_NOW | RTLD_LOCAL), agrees on an ABI version and makes an instance.
  /// Errors: failed_precondition (cannot be loaded, no entry, no common ABI version: both ranges are named,
  /// another sanitizer); the plugin's own from create.
  static Result<LoadedPlugin> load(Host& host);
  LoadedPlugin(LoadedPlugin&& other) noexcept;
  LoadedPlugin& operator=(LoadedPlugin&&) = delete;
  ~LoadedPlugin();

  [[nodiscard]] void* instance() const { return instance_; }
  /// The interface `id`. Errors: unimplemented naming plugin and interface.
  template <class Interface>
  [[nodiscard]] Result<const Interface*> interface(const char* id) const {
    MTC_ASSIGN(const void* found, find_interface(id));
    return static_cast<const Interface*>(found);
  }

 private:
  LoadedPlugin(Host& host, const mtc_plugin* plugin) : host_(host), plugin_(plugin) {}
  [[nodiscard]] Result<const void*> find_interface(const char* id) const;

  Host& host_;
  const mtc_plugin* plugin_;
  void* instance_ = nullptr;
};

}  // namespace mtc::host
