#include "openblas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "xla_ffi.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static TanrenOpenBLASFunctions library;
static const TanrenOpenBLASFunctions *_Atomic loaded;
static void *loaded_handle;

const TanrenOpenBLASFunctions *tanren_openblas(void) { return loaded; }

const TanrenLAPACK *tanren_lapack(int dtype) {
  if (tanren_openblas() == NULL) return NULL;
  return dtype == XLA_FFI_DataType_F32 ? &library.single : dtype == XLA_FFI_DataType_F64 ? &library.twofold : NULL;
}

static bool find_functions(void *handle, const char *path, char *message, size_t capacity) {
#define FIND(place, name)                                          \
  *(void **)&place = dlsym(handle, name);                          \
  if (place == NULL) {                                             \
    snprintf(message, capacity, "%s has no function " name, path); \
    return false;                                                  \
  }
#define X(name, parameters)                       \
  FIND(library.single.name, "scipy_s" #name "_")  \
  FIND(library.twofold.name, "scipy_d" #name "_")
  TANREN_LAPACK_ROUTINES(X)
#undef X
  FIND(library.dsyrk, "scipy_dsyrk_")
  FIND(library.dgemm, "scipy_dgemm_")
  FIND(library.get_config, "scipy_openblas_get_config")
  FIND(library.get_corename, "scipy_openblas_get_corename")
#undef FIND
  return true;
}

// What the library reads from the environment as it is loaded, where nobody has set it.
static void prepare(void) {
  // One thread a call: XLA's threads share matrices and tiles of products instead, and results don't depend on how many
  // there are.
  setenv("OPENBLAS_NUM_THREADS", "1", 0);
}

static bool load(const char *path, char *message, size_t capacity) {
  if (loaded == NULL) prepare();
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    snprintf(message, capacity, "%s", dlerror());
    return false;
  }
  if (loaded != NULL) {
    bool is_same = handle == loaded_handle;
    if (!is_same) snprintf(message, capacity, "%s isn't the library that is in use already", path);
    dlclose(handle);
    return is_same;
  }
  if (!find_functions(handle, path, message, capacity)) {
    dlclose(handle);
    return false;
  }
  loaded_handle = handle;
  loaded = &library;
  return true;
}

bool tanren_load_openblas(const char *path, TanrenOpenBLAS *found, char *message, size_t capacity) {
  pthread_mutex_lock(&lock);
  bool is_loaded = load(path, message, capacity);
  if (is_loaded) {
    // "OpenBLAS 0.3.34 DYNAMIC_ARCH …".
    snprintf(found->version, sizeof found->version, "%s", library.get_config());
    char *words = strchr(found->version, ' ');
    char *end = words == NULL ? NULL : strchr(words + 1, ' ');
    if (end != NULL) *end = 0;
    if (words != NULL) memmove(found->version, words + 1, strlen(words + 1) + 1);
    snprintf(found->processor, sizeof found->processor, "%s", library.get_corename());
  }
  pthread_mutex_unlock(&lock);
  return is_loaded;
}
