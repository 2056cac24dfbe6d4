/* SPDX-License-Identifier: Apache-2.0
 *
 * The smallest plugin: the stage convert.copy reads a parameter, copies a file and reports a number. It needs
 * the C library and mtc/plugin.h. Start a plugin of your own from here. */
#include "mtc/plugin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A string of the ABI from a C string. */
static mtc_string text(const char* c_string) {
  mtc_string string = {c_string, strlen(c_string)};
  return string;
}

static int equals(mtc_string string, const char* c_string) {
  return string.size == strlen(c_string) && memcmp(string.data, c_string, string.size) == 0;
}

/* Explains a failure to the host and returns its code, for `return fail(…)`. */
static mtc_code fail(const mtc_host* host, mtc_code code, const char* message, mtc_string where,
                     const char* hint) {
  mtc_error error = {0};
  error.struct_size = sizeof error;
  error.code = code;
  error.message = text(message);
  error.where = where;
  error.hint = text(hint);
  host->fail(host, &error);
  return code;
}

/* Hands on why a service of the host was refused. */
static mtc_code pass_on(const mtc_host* host) {
  mtc_error error = {0};
  error.struct_size = sizeof error;
  host->last_error(host, &error);
  host->fail(host, &error);
  return error.code;
}

/* A path as a C string; the caller frees it. NULL when there is no memory. */
static char* c_path(mtc_string path) {
  char* copy = malloc(path.size + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, path.data, path.size);
  copy[path.size] = '\0';
  return copy;
}

static FILE* open_file(mtc_string path, const char* mode) {
  char* name = c_path(path);
  FILE* file = name == NULL ? NULL : fopen(name, mode);
  free(name);
  return file;
}

/* Copies until the end, an error or `limit` bytes (0 = none). Returns the bytes copied, -1 on an error, -2
 * when the file is larger than `limit`. */
static int64_t copy(FILE* from, FILE* to, int64_t limit) {
  char buffer[65536];
  int64_t total = 0;
  size_t count;
  while ((count = fread(buffer, 1, sizeof buffer, from)) > 0) {
    total += (int64_t)count;
    if (limit != 0 && total > limit) return -2;
    if (fwrite(buffer, 1, count, to) != count) return -1;
  }
  return ferror(from) ? -1 : total;
}

static mtc_code copy_model(const mtc_host* host, const mtc_config_v1* config, const mtc_artifact_v1* artifact,
                           int64_t* copied) {
  int64_t max_bytes = 0;
  mtc_string source, target;
  if (config->integer(host, text("max_bytes"), 0, &max_bytes) != MTC_OK) return pass_on(host);
  if (artifact->input(host, text("model"), 0, &source) != MTC_OK) return pass_on(host);
  if (artifact->output(host, text("model"), &target) != MTC_OK) return pass_on(host);

  FILE* from = open_file(source, "rb");
  if (from == NULL) return fail(host, MTC_NOT_FOUND, strerror(errno), source, "check the path");
  FILE* to = open_file(target, "wb");
  if (to == NULL) {
    fclose(from);
    return fail(host, MTC_RESOURCE_EXHAUSTED, strerror(errno), target, "check free space");
  }
  *copied = copy(from, to, max_bytes);
  fclose(from);
  const int closed = fclose(to); /* Writes what was buffered: it can fail too. */
  if (*copied == -2) {
    return fail(host, MTC_INVALID_ARGUMENT, "the file is larger than max_bytes", source, "raise max_bytes");
  }
  if (*copied < 0 || closed != 0) {
    return fail(host, MTC_RESOURCE_EXHAUSTED, strerror(errno), target, "check free space");
  }
  return MTC_OK;
}

static mtc_code run(void* instance, mtc_string stage) {
  const mtc_host* host = instance;
  if (!equals(stage, "convert.copy")) {
    return fail(host, MTC_UNIMPLEMENTED, "no such stage", stage, "see mtc plugin list");
  }
  const mtc_config_v1* config = host->service(host, text("mtc.config/1"));
  const mtc_artifact_v1* artifact = host->service(host, text("mtc.artifact/1"));
  const mtc_metric_v1* metric = host->service(host, text("mtc.metric/1"));
  if (config == NULL || artifact == NULL || metric == NULL) {
    return fail(host, MTC_UNIMPLEMENTED, "this host lacks a service", text("template"), "update mtc");
  }
  int64_t copied = 0;
  const mtc_code code = copy_model(host, config, artifact, &copied);
  if (code != MTC_OK) return code;
  if (metric->report(host, text("bytes"), (double)copied) != MTC_OK) return pass_on(host);
  return MTC_OK;
}

/* This plugin keeps nothing but its host; a larger one would allocate its instance here. */
static mtc_code create(const mtc_host* host, void** instance) {
  *instance = (void*)(uintptr_t)host;
  return MTC_OK;
}

static void destroy(void* instance) { (void)instance; }

static const void* interface(mtc_string id) {
  static const mtc_stage_v1 stage = {sizeof(mtc_stage_v1), 0, run};
  return equals(id, "mtc.stage/1") ? &stage : NULL;
}

mtc_code mtc_plugin_query_dev(const mtc_query_in* in, mtc_query_out* out) {
  static const mtc_plugin plugin = {sizeof(mtc_plugin), 0, create, destroy, interface};
  out->abi_min = MTC_ABI_VERSION;
  out->abi_max = MTC_ABI_VERSION;
  out->sanitizer = MTC_SANITIZER_NONE;
  if (in->abi_min > MTC_ABI_VERSION || in->abi_max < MTC_ABI_VERSION) {
    out->abi = 0;
    return MTC_FAILED_PRECONDITION;
  }
  out->abi = MTC_ABI_VERSION;
  out->plugin = &plugin;
  return MTC_OK;
}
