// SPDX-License-Identifier: Apache-2.0
//
// A plugin that misbehaves on demand: what the host and the driver must survive.
#include <signal.h>
#include <unistd.h>

#include <cfenv>
#include <chrono>
#include <clocale>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "mtc/plugin.hpp"

namespace {

using mtc::Result;
using mtc::sdk::Host;

Result<void> write_output(const Host& host) {
  MTC_ASSIGN(const std::string path, host.output("out"));
  std::ofstream(path) << "done\n";
  return {};
}

Result<void> segfault(Host&) {
  volatile std::uintptr_t address = 0x40;  // on the page that is never mapped
  *reinterpret_cast<volatile int*>(address) = 1;
  return {};
}

Result<void> call_abort(Host&) { std::abort(); }

// Not a tail call, and each call takes a page: the guard page is met soon.
[[gnu::noinline]] int recurse(int depth) {
  volatile char page[4096];
  page[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : recurse(depth + 1) + page[0];
}

Result<void> overflow(Host& host) {
  host.info(std::to_string(recurse(0)));
  return {};
}

Result<void> hang(Host& host) {
  host.info("waiting");
  while (true) ::pause();
}

Result<void> wait(Host& host) {
  host.info("waiting");
  while (true) {
    MTC_TRY(host.check_cancelled());
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Result<void> tool(Host& host) {
  host.info("waiting");
  MTC_TRY(host.exec({"sh", "-c", "sleep 1000"}));
  return write_output(host);
}

Result<void> call_exit(Host&) { std::exit(0); }

Result<void> quick_exit(Host&) { ::_exit(0); }

Result<void> print(Host& host) {
  std::puts("printed to stdout");
  std::fputs("printed to stderr\n", stderr);
  return write_output(host);
}

Result<void> undeclared(Host& host) {
  MTC_ASSIGN(const std::int64_t levels, host.integer("levels"));
  host.info(std::to_string(levels));
  return write_output(host);
}

Result<void> throws(Host&) { throw std::runtime_error("thrown on purpose"); }

void ignore_signal(int) {}

Result<void> change_state(Host& host) {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040U);  // flush denormals, as -Ofast does at load
#else
  std::fesetround(FE_UPWARD);
#endif
  std::setlocale(LC_ALL, "C.UTF-8");
  ::signal(SIGUSR1, ignore_signal);
  if (::chdir("/") != 0) return mtc::Error{mtc::Code::internal, "chdir failed", "/", {}};
  return write_output(host);
}

Result<void> no_output(Host&) { return {}; }

Result<void> memory(Host& host) {
  constexpr std::int64_t kStep = 64;
  MTC_ASSIGN(const std::int64_t mebibytes, host.integer("mebibytes"));
  std::vector<std::vector<char>> blocks;
  for (std::int64_t have = 0; have < mebibytes; have += kStep) {
    MTC_TRY(host.check_cancelled());
    blocks.emplace_back(static_cast<std::size_t>(kStep) << 20U, '\1');
    host.progress("fill", static_cast<std::size_t>(have + kStep), static_cast<std::size_t>(mebibytes), "MiB");
  }
  return write_output(host);
}

Result<void> run(Host& host, std::string_view stage) {
  static const std::map<std::string_view, Result<void> (*)(Host&)> kStages{
      {"convert.segfault", segfault},   {"convert.abort", call_abort},
      {"convert.overflow", overflow},   {"convert.hang", hang},
      {"convert.wait", wait},           {"convert.tool", tool},
      {"convert.exit", call_exit},      {"convert.quick_exit", quick_exit},
      {"convert.stdout", print},        {"convert.undeclared", undeclared},
      {"convert.throws", throws},       {"convert.state", change_state},
      {"convert.no_output", no_output}, {"convert.memory", memory}};
  return kStages.at(stage)(host);
}

/// Stages that a plugin written with the SDK's wrapper cannot misbehave in.
mtc_code run_raw(void* raw, mtc_string stage) {
  if (mtc::sdk::from_abi(stage) == "convert.silent") return MTC_DATA_LOSS;
  if (mtc::sdk::from_abi(stage) == "convert.escapes") throw std::runtime_error("escaped on purpose");
  auto& instance = *static_cast<mtc::sdk::Instance<mtc::sdk::NoObject>*>(raw);
  return mtc::sdk::guarded(instance.host, [&] { return run(instance.host, mtc::sdk::from_abi(stage)); });
}

const void* interface(mtc_string id) {
  static const mtc_stage_v1 kStage{sizeof(mtc_stage_v1), 0, run_raw};
  return mtc::sdk::from_abi(id) == "mtc.stage/1" ? &kStage : nullptr;
}

const mtc_plugin kPlugin{sizeof(mtc_plugin), 0, mtc::sdk::create_instance<mtc::sdk::NoObject>,
                         mtc::sdk::destroy_instance<mtc::sdk::NoObject>, interface};

}  // namespace

extern "C" MTC_EXPORT mtc_code mtc_plugin_query_dev(const mtc_query_in* in, mtc_query_out* out) {
  return mtc::sdk::answer_query(in, out, &kPlugin);
}
