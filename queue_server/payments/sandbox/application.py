"""The sandbox over HTTP: providers, platforms, a page to pay, and a control API."""

from fastapi import FastAPI

from queue_server.payments.sandbox.alipay_api import make_alipay_router
from queue_server.payments.sandbox.control_routes import make_control_router
from queue_server.payments.sandbox.finance_platform_api import make_platform_router
from queue_server.payments.sandbox.insurance_api import make_insurance_router
from queue_server.payments.sandbox.pay_routes import make_pay_router
from queue_server.payments.sandbox.phones_api import make_phones_router
from queue_server.payments.sandbox.sandbox import Sandbox
from queue_server.payments.sandbox.unionpay_api import make_unionpay_router
from queue_server.payments.sandbox.wechat_api import make_wechat_router
from queue_server.payments.terms import Channel


def make_application(sandbox: Sandbox) -> FastAPI:
    """Return the application that serves a sandbox."""
    application = FastAPI(title="Payment sandbox / 支付沙箱", docs_url=None, redoc_url=None)
    application.include_router(make_wechat_router(sandbox.providers[Channel.WECHAT]))
    application.include_router(make_alipay_router(sandbox.providers[Channel.ALIPAY]))
    unionpay = sandbox.providers[Channel.UNIONPAY]
    application.include_router(make_unionpay_router(unionpay, sandbox.unionpay_certificate))
    application.include_router(make_pay_router(sandbox))
    application.include_router(make_platform_router(sandbox.platform))
    application.include_router(make_insurance_router(sandbox.insurance))
    application.include_router(make_phones_router(sandbox.phones))
    application.include_router(make_control_router(sandbox))
    return application
