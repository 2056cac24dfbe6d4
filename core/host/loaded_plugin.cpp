// SPDX-License-Identifier: Apache-2.0
#include "core/host/loaded_plugin.hpp"

#include <dlfcn.h>

#include <cstring>
#include <utility>

namespace mtc::host {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint32_t kSanitizer = MTC_SANITIZER_ADDRESS;
#elif defined(__SANITIZE_THREAD__)
constexpr std::uint32_t kSanitizer = MTC_SANITIZER_THREAD;
#else
constexpr std::uint32_t kSanitizer = MTC_SANITIZER_NONE;
#endif

const char* sanitizer_name(std::uint32_t sanitizer) {
  switch (sanitizer) {
    case MTC_SANITIZER_NONE:
      return "no sanitizer";
    case MTC_SANITIZER_ADDRESS:
      return "AddressSanitizer";
    case MTC_SANITIZER_THREAD:
      return "ThreadSanitizer";
    default:
      return "another sanitizer";
  }
}

std::string range(std::uint32_t low, std::uint32_t high) {
  return std::to_string(low) + ".." + std::to_string(high);
}

Error refused(const Host& host, std::string message, std::string hint) {
  return Error{
      Code::failed_precondition, std::move(message), host.spec().plugin, std::move(hint), false, true};
}

Result<mtc_plugin_query_function> open_library(Host& host) {
  void* library = ::dlopen(host.spec().plugin.c_str(), RTLD_NOW | RTLD_LOCAL);
  const char* reason = library == nullptr ? ::dlerror() : nullptr;
  host.restore_process("loading");
  if (library == nullptr) {
    return Error{Code::failed_precondition, std::string("cannot load the plugin: ") + reason,
                 host.spec().plugin, "install the libraries that it needs (ldd shows them)"};
  }
  void* symbol = ::dlsym(library, MTC_PLUGIN_QUERY_SYMBOL);
  if (symbol == nullptr) {
    return refused(host, "not a plugin: it does not export " MTC_PLUGIN_QUERY_SYMBOL,
                   "build it with mtc_add_plugin() of this version's SDK");
  }
  mtc_plugin_query_function query = nullptr;
  std::memcpy(&query, &symbol, sizeof query);  // POSIX: a function pointer, although dlsym says void*
  return query;
}

bool is_complete(const mtc_plugin* plugin) {
  return plugin != nullptr && MTC_HAS_FIELD(plugin, mtc_plugin, interface) && plugin->create != nullptr &&
         plugin->destroy != nullptr && plugin->interface != nullptr;
}

Result<const mtc_plugin*> negotiate(Host& host, mtc_plugin_query_function query) {
  mtc_query_in in{};
  in.struct_size = sizeof in;
  in.abi_min = MTC_ABI_VERSION;
  in.abi_max = MTC_ABI_VERSION;
  in.sanitizer = kSanitizer;
  in.host_version = abi(MTC_VERSION);
  mtc_query_out out{};
  out.struct_size = sizeof out;
  const mtc_code code = query(&in, &out);
  host.restore_process("the query");
  if (code != MTC_OK || out.abi < in.abi_min || out.abi > in.abi_max) {
    const bool newer = out.abi_min > in.abi_max;
    return refused(host,
                   "the plugin speaks ABI " + range(out.abi_min, out.abi_max) + ", this host " +
                       range(in.abi_min, in.abi_max),
                   newer ? "update mtc, or build the plugin with this version's SDK"
                         : "build the plugin with this version's SDK");
  }
  if (out.sanitizer != kSanitizer) {
    return refused(host,
                   std::string("the plugin was built with ") + sanitizer_name(out.sanitizer) +
                       ", this host with " + sanitizer_name(kSanitizer),
                   "build both with the same preset");
  }
  if (!is_complete(out.plugin))
    return refused(host, "the plugin gave no functions", "fill mtc_query_out.plugin");
  return out.plugin;
}

}  // namespace

Result<LoadedPlugin> LoadedPlugin::load(Host& host) {
  MTC_ASSIGN(const mtc_plugin_query_function query, open_library(host));
  MTC_ASSIGN(const mtc_plugin* plugin, negotiate(host, query));
  LoadedPlugin loaded(host, plugin);
  MTC_TRY(host.call("create", [&] { return plugin->create(host.raw(), &loaded.instance_); }));
  return loaded;
}

LoadedPlugin::LoadedPlugin(LoadedPlugin&& other) noexcept
    : host_(other.host_), plugin_(other.plugin_), instance_(std::exchange(other.instance_, nullptr)) {}

LoadedPlugin::~LoadedPlugin() {
  if (instance_ != nullptr) plugin_->destroy(instance_);
}

Result<const void*> LoadedPlugin::find_interface(const char* id) const {
  const void* found = plugin_->interface(abi(id));
  if (found != nullptr) return found;
  return refused(host_, "the plugin has no interface " + std::string(id),
                 "use a plugin that declares " + host_.spec().name);
}

}  // namespace mtc::host
