// SPDX-License-Identifier: Apache-2.0
//
// What the user says of a remote cache.
#pragma once

#include <string>

namespace mtc::remote {

struct Options {
  std::string
      url;  ///< "https://host/instance"; empty = none. Its scheme names the program: mtc-cache-SCHEME.
  bool read_only = false;
  bool strict = false;    ///< A failure of the cache gives the run another exit code.
  bool zstd = false;      ///< Uploads are compressed: for servers that undo Content-Encoding.
  std::string token;      ///< Bearer token; empty = netrc, or none.
  std::string ca_file;    ///< PEM file of authorities instead of the system's.
  double timeout_s = 10;  ///< For connecting, and without a byte moving.
  int stop = -1;          ///< Descriptor that becomes readable when the run is interrupted.
};

}  // namespace mtc::remote
