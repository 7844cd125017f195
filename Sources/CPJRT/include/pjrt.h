#ifndef TANREN_PJRT_H
#define TANREN_PJRT_H
#endif
