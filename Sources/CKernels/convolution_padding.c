#include "convolution_padding.h"

#include <stdlib.h>
#include <string.h>

// Whether an element of the kernel, at this distance from its first one, meets an element of the input.
static bool meets(const TanrenConvolution *all, int axis, int64_t distance) {
  for (int64_t place = 0; place < all->output[axis + 1]; place++) {
    int64_t met = place * all->strides[axis] - all->low[axis] + distance;
    if (met >= 0 && met < all->input[axis + 1]) return true;
  }
  return false;
}

bool tanren_convolution_needs_padding(const TanrenConvolution *all) {
  if (all->kind != KERNEL_GRADIENT) return false;
  for (int axis = 0; axis < all->space; axis++) {
    int64_t dilation = all->dilation[axis], window = (all->kernel[axis] - 1) * dilation + 1;
    if (all->low[axis] + all->high[axis] >= window) return true;
    for (int64_t distance = 0; distance < window; distance += dilation) {
      if (!meets(all, axis, distance)) return true;
    }
  }
  return false;
}

// Negative edges cut off; those stay with oneDNN.
static int64_t edge(int64_t length) { return length > 0 ? length : 0; }

bool tanren_convolution_pad(const TanrenConvolution *all, const void *images, TanrenPadded *padded) {
  int space = all->space;
  size_t element = all->type == dnnl_bf16 ? 2 : 4, pixel = (size_t)all->input[space + 1] * element;
  size_t size = (size_t)all->input[0] * pixel, lines = (size_t)all->input[0];
  *padded = (TanrenPadded){.convolution = *all};
  padded->input[0] = all->input[0];
  padded->input[space + 1] = all->input[space + 1];
  for (int axis = 0; axis < space; axis++) {
    padded->input[axis + 1] = edge(all->low[axis]) + all->input[axis + 1] + edge(all->high[axis]);
    padded->low[axis] = all->low[axis] - edge(all->low[axis]);
    padded->high[axis] = all->high[axis] - edge(all->high[axis]);
    size *= (size_t)padded->input[axis + 1];
    if (axis < space - 1) lines *= (size_t)all->input[axis + 1];
  }
  char *copy = calloc(size > 0 ? size : 1, 1);
  if (copy == NULL) return false;
  size_t length = (size_t)all->input[space] * pixel;
  for (size_t line = 0; line < lines; line++) {
    // The line's place among the larger images, from the last axis but one to the first.
    size_t rest = line, offset = 0, stride = 1;
    for (int axis = space - 2; axis >= 0; axis--) {
      offset += (rest % (size_t)all->input[axis + 1] + (size_t)edge(all->low[axis])) * stride;
      rest /= (size_t)all->input[axis + 1];
      stride *= (size_t)padded->input[axis + 1];
    }
    offset = (offset + rest * stride) * (size_t)padded->input[space] + (size_t)edge(all->low[space - 1]);
    memcpy(copy + offset * pixel, (const char *)images + line * length, length);
  }
  padded->images = copy;
  padded->convolution.input = padded->input;
  padded->convolution.low = padded->low;
  padded->convolution.high = padded->high;
  return true;
}
